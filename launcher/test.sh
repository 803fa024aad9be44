# Sourced by ./theseus for `test`: analysis, formatting, fast tests and, unless --fast, the multi-process ones.
# Ends with one plain line, "N passed, N failed, N skipped", and a status that is 0 only if all is well.

test_usage() {
  cat <<'TEXT'
Usage: ./theseus test [--fast]

Compiles everything with static analysis, checks the formatting, and runs all tests: the fast suite and those that
start processes, load the real model or drive the API with the official clients.

  --fast   only the fast suite (under three minutes on two cores)

The last line is "N passed, N failed, N skipped"; the exit status is 0 only if nothing failed and something ran.
TEXT
}

# Copies Maven's output to the log and lets through what says where it is and what went wrong.
show_progress() {
  while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    case $line in
      '[ERROR] '[[:space:]]* | '[ERROR] ' | '[ERROR] [Help'* | '[ERROR] -> [Help'* | '[ERROR] '*' -X switch '*) ;;
      *'Tests run: '*' -- in '* | '[ERROR]'* | '[INFO] Building Theseus'* | '[WARNING] '*.java:*) printf '%s\n' "$line" ;;
    esac
  done
}

run_tests() {
  skip_slow=
  for option in "$@"; do
    case $option in
      --fast) skip_slow=-DskipITs ;;
      -h | --help) test_usage && return 0 ;;
      *) die "test does not know the option $option; it has --fast and --help" 2 ;;
    esac
  done
  . "$root/launcher/build.sh"
  # The slow tests run ./theseus itself; they must find a finished build, not start one each.
  if [ -z "$skip_slow" ] && { ! find_build || is_stale; }; then build; fi
  find_maven
  mkdir -p "$root/build"
  start_native
  finish_native ''
  log=$root/build/test.log
  rm -rf "$root"/*/target/surefire-reports "$root"/*/target/failsafe-reports "$root/build/test.status"
  {
    (cd "$root" && JAVA_HOME=$java_home "$maven" -B -ntp -Dstyle.color=never -Dmaven.test.failure.ignore=true $skip_slow verify \
      </dev/null 2>&1)
    echo $? >"$root/build/test.status"
  } | show_progress 3>"$log"
  IFS= read -r maven_status <"$root/build/test.status"
  if [ "$maven_status" -ne 0 ]; then
    printf '\nMaven failed (compilation, analysis, formatting, or a test JVM that died); the whole log is %s\n' "$log"
  fi
  "$java_home/bin/java" "$root/testkit/src/main/java/io/theseus/testkit/TestSummary.java" "$root" || return 1
  [ "$maven_status" -eq 0 ]
}
