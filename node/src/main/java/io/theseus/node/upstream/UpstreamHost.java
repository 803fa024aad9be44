package io.theseus.node.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** One upstream and what we know of its health. Safe for use by many threads. */
public final class UpstreamHost {
    /** Upper bounds of the buckets of times to the first byte, in seconds. */
    static final double[] BUCKETS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

    private static final double NANOS = 1e9;

    /** A failure makes it look slower by this much until it succeeds again. */
    private static final double FAILURE_SECONDS = 0.5;

    /** Hedges in stock at most, and what a request without one adds: one request in ten may be hedged for long. */
    private static final double MOST_HEDGES = 5;

    private static final double HEDGE_SHARE = 0.1;

    /** Of the last answer in the share that fails lately: who fails fast must not look like who answers fast. */
    private static final double FAILING_WEIGHT = 0.2;

    private final Upstream upstream;
    private final Breaker breaker;
    private final FirstByteTimes streamed = new FirstByteTimes();
    private final FirstByteTimes whole = new FirstByteTimes();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean refusesUsage;
    private double hedges = 1; // guarded by this
    private double failing; // guarded by this

    final LongAdder requests = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder hedgesSent = new LongAdder();
    final LongAdder hedgesWon = new LongAdder();
    private final LongAdder[] buckets = new LongAdder[BUCKETS.length + 1];
    private final DoubleAdder seconds = new DoubleAdder();

    UpstreamHost(Upstream upstream, UpstreamSettings settings, LongSupplier nanoTime) {
        this.upstream = upstream;
        breaker = new Breaker(settings.breakerFailures(), settings.breakerPause(), nanoTime);
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    public Upstream upstream() {
        return upstream;
    }

    Breaker breaker() {
        return breaker;
    }

    FirstByteTimes times(boolean stream) {
        return stream ? streamed : whole;
    }

    void began() {
        requests.increment();
        running.incrementAndGet();
        synchronized (this) {
            hedges = Math.min(MOST_HEDGES, hedges + HEDGE_SHARE);
        }
    }

    void ended() {
        running.decrementAndGet();
    }

    void firstByte(boolean stream, long nanos) {
        times(stream).add(nanos);
        double took = nanos / NANOS;
        int bucket = 0;
        while (bucket < BUCKETS.length && took > BUCKETS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        seconds.add(took);
    }

    /** Whether a request that is late here may be sent elsewhere as well; keeps slow times from doubling all work. */
    synchronized boolean mayHedge() {
        if (hedges < 1) {
            return false;
        }
        hedges--;
        return true;
    }

    /** Takes note of the head of a response that is relayed; an answer still has to show that it can be completed. */
    void answered(int status) {
        if (status < 500) {
            if (status != 200) {
                breaker.succeeded();
            }
            return;
        }
        error();
        if (status == 502 || status == 503 || status == 504) {
            breaker.failed();
        } else {
            // Some engines answer so to a request that they cannot take; it says nothing about the next one.
            breaker.unknown();
        }
    }

    /**
     * A request got no answer.
     *
     * @param busy whether only because there is too much to do
     */
    void failed(boolean busy) {
        if (busy) {
            breaker.succeeded();
        } else {
            error();
            breaker.failed();
        }
    }

    private synchronized void error() {
        errors.increment();
        failing += FAILING_WEIGHT * (1 - failing);
    }

    /** An answer was complete. */
    synchronized void succeeded() {
        failing -= FAILING_WEIGHT * failing;
        breaker.succeeded();
    }

    private synchronized double failing() {
        return failing;
    }

    /** Expected wait of one more request, in seconds; what is least is asked first. */
    double load(boolean stream) {
        return (running.get() + 1) * (times(stream).average() / NANOS + 1e-3)
                + (breaker.failures() + failing()) * FAILURE_SECONDS;
    }

    /** Whether it once refused a request that asked for token counts at the end of a stream. */
    boolean refusesUsage() {
        return refusesUsage;
    }

    void refusedUsage() {
        refusesUsage = true;
    }

    /**
     * Its counts since the start.
     *
     * @param breaker 0 = closed, 1 = half open, 2 = open
     * @param firstBytes answers that began within each of {@link #BUCKETS}, and the rest; not cumulative
     * @param firstByteSeconds their sum
     */
    public record Counts(
            long requests,
            long errors,
            long retries,
            long hedges,
            long hedgesWon,
            int running,
            int breaker,
            long[] firstBytes,
            double firstByteSeconds) {}

    public Counts counts() {
        long[] firstBytes = new long[buckets.length];
        for (int i = 0; i < firstBytes.length; i++) {
            firstBytes[i] = buckets[i].sum();
        }
        return new Counts(
                requests.sum(),
                errors.sum(),
                retries.sum(),
                hedgesSent.sum(),
                hedgesWon.sum(),
                running.get(),
                breaker.state().ordinal(),
                firstBytes,
                seconds.sum());
    }

    /** Upper bounds of the buckets in {@link Counts#firstBytes}, in seconds. */
    public static double[] buckets() {
        return BUCKETS.clone();
    }
}
