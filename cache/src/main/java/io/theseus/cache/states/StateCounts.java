package io.theseus.cache.states;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counters behind {@link StateStats}. Thread-safe. */
final class StateCounts {
    final LongAdder written = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder forgotten = new LongAdder();
    final LongAdder corrupt = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadedTokens = new LongAdder();
    private final DoubleAdder loadSeconds = new DoubleAdder();
    private final DoubleAdder predictedLoadSeconds = new DoubleAdder();
    private final DoubleAdder savedSeconds = new DoubleAdder();
    private final DoubleAdder loadRegret = new DoubleAdder();
    private final LongAdder computes = new LongAdder();
    private final DoubleAdder computeRegret = new DoubleAdder();

    void loaded(int tokens, double seconds, double predicted, double wouldHaveComputed) {
        loads.increment();
        loadedTokens.add(tokens);
        loadSeconds.add(seconds);
        predictedLoadSeconds.add(predicted);
        savedSeconds.add(wouldHaveComputed - seconds);
        loadRegret.add(Math.max(0, seconds - wouldHaveComputed));
    }

    void computed(double seconds, double wouldHaveLoaded) {
        computes.increment();
        computeRegret.add(Math.max(0, seconds - wouldHaveLoaded));
    }

    StateStats stats(
            long blocks, long bytes, long writing, long pinned, long capacity, LoadRates rates, boolean recency) {
        return new StateStats(
                blocks,
                bytes,
                capacity,
                pinned,
                writing,
                written.sum(),
                dropped.sum(),
                forgotten.sum(),
                corrupt.sum(),
                loads.sum(),
                loadedTokens.sum(),
                loadSeconds.sum(),
                predictedLoadSeconds.sum(),
                savedSeconds.sum(),
                loadRegret.sum(),
                computes.sum(),
                computeRegret.sum(),
                rates.readBytesPerSecond(),
                rates.importBytesPerSecond(),
                recency);
    }
}
