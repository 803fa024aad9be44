# Sourced by ./theseus when there is no build, or sources are newer than it. Leaves $app at the new build.

# Chooses Maven: the one on the PATH if it is 3.8 or newer, else the wrapper, which downloads a pinned one once.
find_maven() {
  maven=$root/mvnw
  if command -v mvn >/dev/null 2>&1; then
    version=$(JAVA_HOME=$java_home mvn -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    # shellcheck disable=SC2086 # Two words.
    set -- ${version:-0 0}
    if [ "$1" -gt 3 ] || { [ "$1" -eq 3 ] && [ "$2" -ge 8 ]; }; then maven=mvn; fi
  fi
}

# One build at a time in one checkout. The lock is a directory (made atomically everywhere) with the owner's pid.
take_lock() {
  lock=$root/build/lock
  said=
  mkdir -p "$root/build" || die "cannot write to $root; build it as its owner first, or copy it to where you can write"
  until mkdir "$lock" 2>/dev/null; do
    owner=
    [ -f "$lock/pid" ] && IFS= read -r owner <"$lock/pid"
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      # The owner died. Only one of the waiters may clear up, and only what is still the dead owner's.
      if mkdir "$lock.break" 2>/dev/null; then
        again=
        [ -f "$lock/pid" ] && IFS= read -r again <"$lock/pid"
        [ "$again" = "$owner" ] && rm -rf "$lock"
        rmdir "$lock.break"
      fi
      continue
    fi
    if [ -z "$said" ]; then
      said=yes
      printf 'theseus: waiting for another start that is building (process %s, lock %s)\n' "${owner:-?}" "$lock" >&2
    fi
    sleep 1
  done
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  echo $$ >"$lock/pid"
}

drop_lock() {
  rm -rf "$lock"
  trap - EXIT INT TERM HUP
}

# Starts compiling the native kernels, where there is a Rust toolchain; everything works without them, slower.
start_native() {
  native=
  command -v cargo >/dev/null 2>&1 || return 0
  cargo build --release --quiet --offline --manifest-path "$root/engine/native/Cargo.toml" \
    --target-dir "$root/engine/native/target" </dev/null >"$root/build/native.log" 2>&1 &
  native=$!
}

# Waits for them and copies the library to $1.
finish_native() {
  [ -n "$native" ] || return 0
  if wait "$native"; then
    for library in "$root"/engine/native/target/release/*theseus_kernels.so \
      "$root"/engine/native/target/release/*theseus_kernels.dylib; do
      if [ -f "$library" ] && [ -n "$1" ]; then cp "$library" "$1/"; fi
    done
  else
    printf ' (without native kernels: %s)' "$root/build/native.log" >&2
  fi
}

show_failure() {
  printf ' failed\n' >&2
  if grep -q '^\[ERROR\]' "$log"; then
    grep '^\[ERROR\]' "$log" | grep -v -e '-> \[Help' -e 're-run Maven' -e 'For more information about' -e '\[Help [0-9]*\]' \
      -e '^\[ERROR\] *$' | head -n 20 >&2
  else
    tail -n 20 "$log" >&2
  fi
  if grep -q -e 'Could not transfer' -e 'Unknown host' -e 'Failed to fetch' "$log"; then
    echo 'theseus: the first build downloads libraries; behind a proxy or mirror, set it in ~/.m2/settings.xml' >&2
  fi
  die "the build failed; the whole log is $log"
}

build() {
  take_lock
  # Whoever held the lock before us may have built just what we need.
  if find_build && ! is_stale; then
    drop_lock
    return 0
  fi
  log=$root/build/build.log
  id=$(date +%Y%m%d-%H%M%S)-$$
  next=$root/build/app/$id
  began=$(date +%s)
  if [ -n "$app" ] && [ -d "$app" ]; then what='sources changed, building'; else what='building (the first time downloads libraries)'; fi
  printf 'theseus: %s ...' "$what" >&2
  # Taken before the build starts, so that what is edited meanwhile counts as newer.
  mkdir -p "$next" && : >"$next/started" || die "cannot write to $next"
  find_maven
  start_native
  rm -rf "$root/node/target/quick/dist"
  (cd "$root" && JAVA_HOME=$java_home "$maven" -B -ntp -Dstyle.color=never -Dquick -Dmaven.test.skip=true -pl node -am package) \
    </dev/null >"$log" 2>&1 || { rm -rf "$next"; show_failure; }
  cp -R "$root/node/target/quick/dist/." "$next/" || die "cannot write to $next"
  finish_native "$next/lib"
  mv "$next/started" "$next/built" || die "cannot write to $next"
  printf '%s\n' "$id" >"$root/build/app/current.new" && mv "$root/build/app/current.new" "$root/build/app/current"
  # The builds before this one may still be running somewhere; names sort by time, and the newest three stay.
  ls "$root/build/app" | grep '^[0-9]' | sort -r | tail -n +4 | while IFS= read -r old; do
    rm -rf "$root/build/app/$old"
  done
  app=$next
  printf ' done in %s s\n' $(($(date +%s) - began)) >&2
  drop_lock
}
