package io.theseus.cache.states;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes states is killed at random moments, thirty times on the same folder. */
@Timeout(300)
class StatesKillIT {
    private static final int KILLS = 30;
    private static final long SEED = 20261121;

    @TempDir
    Path folder;

    @Test
    void nothingTornIsServedAndWhatWasWrittenIs() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        int found = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long first = kill * 1_000_000L;
            long last = storeAndKill(first, random.nextInt(2, 30), random.nextLong(3_000_000));
            try (StateRig rig = new StateRig(folder, 100_000 * StateRig.FILE)) {
                rig.disk.flush();
                try (Stream<Path> all = Files.walk(folder)) {
                    assertThat(all.filter(file -> file.toString().endsWith(".part")))
                            .as("kill %d", kill)
                            .isEmpty();
                }
                for (long seed = Math.max(first, last - 20); seed <= last; seed++) {
                    // load() compares the bytes; all blocks of a prompt that was reported are there.
                    assertThat(rig.load(StateRig.prompt(seed, StateRig.BLOCK * 20)))
                            .as("kill %d prompt %d", kill, seed)
                            .isEqualTo(20);
                    found++;
                }
                rig.load(StateRig.prompt(last + 1, StateRig.BLOCK * 20));
                assertThat(rig.disk.stats().corrupt()).as("kill %d", kill).isZero();
            }
        }
        assertThat(found).isGreaterThan(KILLS);
    }

    /** Returns the last prompt that was reported as written. */
    private long storeAndKill(long first, int reports, long nanos) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoringStates.class.getName(),
                        folder.toString(),
                        Long.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("open");
            long last = 0;
            for (int i = 0; i < reports; i++) {
                last = Long.parseLong(lines.readLine());
            }
            long until = System.nanoTime() + nanos;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return last;
        }
    }
}
