package io.theseus.node.upstream;

import java.util.Arrays;
import java.util.OptionalLong;

/** How long the last answers of one kind took to begin. Safe for use by many threads. */
final class FirstByteTimes {
    private static final int KEPT = 100;

    /** Fewer say too little about the slowest of twenty. */
    private static final int ENOUGH = 20;

    private static final double WEIGHT = 0.2;

    private final long[] nanos = new long[KEPT];
    private int count;
    private double average;

    synchronized void add(long took) {
        nanos[count % KEPT] = took;
        average = count == 0 ? took : average + WEIGHT * (took - average);
        count++;
    }

    /** What 95 of 100 do not exceed; empty while too few are known. */
    synchronized OptionalLong p95() {
        if (count < ENOUGH) {
            return OptionalLong.empty();
        }
        long[] sorted = Arrays.copyOf(nanos, Math.min(count, KEPT));
        Arrays.sort(sorted);
        return OptionalLong.of(sorted[(int) Math.ceil(0.95 * sorted.length) - 1]);
    }

    /** A moving average, 0 while nothing is known. */
    synchronized double average() {
        return average;
    }
}
