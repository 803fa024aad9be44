package io.theseus.cache.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.CachedAnswer;
import io.theseus.proof.NodeKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stores answers is killed at random points, a hundred times on the same files. */
class KillIT {
    private static final int KILLS = 100;

    @TempDir
    Path home;

    @Test
    void whatWasReportedStoredIsServedAndNothingTornIs() throws Exception {
        long seed = 20261121;
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> stored = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            storeAndKill(kill, random.nextInt(1, 25), random.nextLong(3_000_000), stored);
            if (kill % 10 == 9) {
                check(recent(stored, kill - 9), "seed " + seed + " after kill " + kill);
            }
        }
        assertThat(stored.size()).isGreaterThan(KILLS);
        check(stored, "seed " + seed + " at the end");
    }

    /** Lets the process report {@code reports} answers, waits {@code nanos} more, and kills it. */
    private void storeAndKill(int round, int reports, long nanos, Map<String, Integer> stored) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoringProcess.class.getName(),
                        home.toString(),
                        Integer.toString(round * 100_000))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("open");
            for (int i = 0; i < reports; i++) {
                note(lines.readLine(), stored);
            }
            long until = System.nanoTime() + nanos;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            process.destroyForcibly();
            drain(lines, stored);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** What the processes from {@code round} on stored. */
    private static Map<String, Integer> recent(Map<String, Integer> stored, int round) {
        Map<String, Integer> recent = new HashMap<>(stored);
        recent.keySet().removeIf(name -> Integer.parseInt(name.substring(1)) < round * 100_000);
        return recent;
    }

    /** What it had reported when it died; a last line may be cut. */
    private static void drain(BufferedReader lines, Map<String, Integer> stored) throws IOException {
        StringBuilder rest = new StringBuilder();
        try {
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                rest.append((char) c);
            }
        } catch (IOException e) {
            // The pipe broke with the process; what came through counts.
            assertThat(e).isNotNull();
        }
        int end = rest.lastIndexOf("\n");
        rest.substring(0, Math.max(0, end)).lines().forEach(line -> note(line, stored));
    }

    private static void note(String line, Map<String, Integer> stored) {
        String[] words = line.split(" ");
        if (words[1].equals("deleted")) {
            stored.remove(words[0]);
        } else {
            stored.put(words[0], Integer.parseInt(words[1]));
        }
    }

    private void check(Map<String, Integer> stored, String when) throws Exception {
        TurnableClock clock = new TurnableClock();
        try (AnswerCache cache = AnswerCache.open(home, Samples.bounds(1L << 30, 1 << 20), NodeKey.of(home), clock)) {
            for (var entry : stored.entrySet()) {
                NewAnswer expected = Samples.answer(entry.getKey(), entry.getValue(), Samples.START);
                Optional<CachedAnswer> found = cache.inspect(expected.key());
                assertThat(found).as("%s: %s", when, entry.getKey()).isPresent();
                assertThat(found.get().payload())
                        .as("%s: %s", when, entry.getKey())
                        .isEqualTo(expected.payload());
                assertThat(cache.check(found.get()))
                        .as("%s: %s", when, entry.getKey())
                        .isEqualTo(io.theseus.proof.CacheProof.Verdict.VALID);
            }
            for (var key : cache.keys().reversed().stream().limit(100).toList()) {
                assertThat(cache.check(cache.inspect(key).orElseThrow()))
                        .as("%s: nothing torn", when)
                        .isEqualTo(io.theseus.proof.CacheProof.Verdict.VALID);
            }
        }
    }
}
