package io.theseus.cache.states;

import static io.theseus.cache.states.StateRig.BLOCK;
import static io.theseus.cache.states.StateRig.FILE;
import static io.theseus.cache.states.StateRig.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Between loading and computing the quicker one is chosen, by a clock that the test turns. */
@Timeout(60)
class LoadDecisionTest {
    @TempDir
    Path folder;

    /** Decides for the whole prompt, lets the load take as long as the rig's clock says, and returns whether it loaded. */
    private static boolean decide(StateRig rig, int[] tokens, double nanosPerToken) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        try (StateLoad load = rig.model.decide(tokens, 0, nanosPerToken, ready::countDown)) {
            if (load.loads()) {
                ready.await();
                load.imported(load.end(), 1000);
            }
            return load.loads();
        }
    }

    @Test
    void onAFastDiskEvenOneBlockIsLoadedAtTheRateOfNativeKernels() throws Exception {
        // 64 tokens at 300 to 450 tokens/s take 142 to 213 ms; 4 of them, as here, 9 to 13 ms.
        int[] tokens = prompt(1, BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            rig.step.set(100_000); // a file in 0.1 ms
            for (double tokensPerSecond : new double[] {300, 450}) {
                assertThat(decide(rig, tokens, 1e9 / tokensPerSecond)).isTrue();
            }
            assertThat(decide(rig, tokens, 1e9 / 100_000))
                    .as("computing takes 40 us")
                    .isFalse();
        }
    }

    @Test
    void nothingIsLoadedBeforeTheRateOfComputingIsKnown() throws Exception {
        int[] tokens = prompt(2, 10 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.model.wanted(tokens, 0).forEach(block -> rig.model.store(tokens, block, StateRig.state(tokens, block)));
            rig.disk.flush();
            assertThat(decide(rig, tokens, 0)).isFalse();
            rig.model.wanted(tokens, 2e6);
            rig.disk.flush();
        }
        // 500 tokens a second, kept from the last run.
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.disk.flush();
            assertThat(decide(rig, tokens, 0)).isTrue();
        }
    }

    @Test
    void theChoiceFollowsTheDiskBothWays() throws Exception {
        int[] tokens = prompt(3, 10 * BLOCK);
        double millisPerToken = 1e6; // computing all takes 40 ms
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            for (int round = 0; round < 3; round++) {
                rig.step.set(1_000_000); // a load takes a few ms
                int wrong = 0;
                for (int i = 0; i < 30; i++) {
                    wrong += decide(rig, tokens, millisPerToken) ? 0 : 1;
                    pass(rig);
                }
                assertThat(wrong)
                        .as("round %d: computed although loading is quicker", round)
                        .isLessThan(15);
                assertThat(decide(rig, tokens, millisPerToken)).isTrue();
                rig.step.set(2_000_000_000L); // the disk has become very slow: 2 s
                wrong = 0;
                for (int i = 0; i < 30; i++) {
                    wrong += decide(rig, tokens, millisPerToken) ? 1 : 0;
                    pass(rig);
                }
                assertThat(wrong)
                        .as("round %d: loaded although computing is quicker", round)
                        .isLessThan(8);
                assertThat(decide(rig, tokens, millisPerToken)).isFalse();
            }
        }
    }

    /** Time goes on, and what is read for measuring is read. */
    private static void pass(StateRig rig) throws InterruptedException {
        long step = rig.step.getAndSet(11_000_000_000L);
        rig.disk.nanos();
        rig.step.set(step);
        rig.disk.idle();
    }

    @Test
    void everyDecisionAndItsRegretIsCounted() throws Exception {
        int[] tokens = prompt(4, 10 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            rig.step.set(3_000_000_000L); // whoever loads waits for seconds
            assertThat(decide(rig, tokens, 1e6)).isTrue();
            StateStats stats = rig.disk.stats();
            assertThat(stats.loads()).isEqualTo(1);
            assertThat(stats.loadSeconds()).isGreaterThanOrEqualTo(3);
            assertThat(stats.predictedLoadSeconds()).isBetween(0.001, 0.01);
            assertThat(stats.loadRegretSeconds()).isBetween(stats.loadSeconds() - 0.041, stats.loadSeconds());
            assertThat(stats.savedSeconds()).isNegative();

            StateLoad compute = rig.model.decide(tokens, 0, 1, () -> {});
            assertThat(compute.loads()).isFalse();
            compute.computed(10 * BLOCK, 5_000_000_000L);
            compute.close();
            stats = rig.disk.stats();
            assertThat(stats.computes()).isEqualTo(1);
            assertThat(stats.computeRegretSeconds()).isBetween(0.1, 5.0);
        }
    }

    @Test
    void aPauseWhileTakingInDoesNotEndLoadingForGood() {
        LoadRates rates = new LoadRates();
        rates.imported(760_000, 30);
        double after = rates.seconds(760_000, 0);
        assertThat(after).as("64 tokens at 400 a second take 0.16 s").isLessThan(0.16);
        for (int i = 0; i < 20; i++) {
            rates.imported(760_000, 30);
        }
        assertThat(rates.seconds(760_000, 0)).isGreaterThan(1);
        for (int i = 0; i < 100; i++) {
            rates.forgive();
        }
        assertThat(rates.seconds(760_000, 0)).isLessThan(0.05);
    }
}
