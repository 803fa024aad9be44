package io.theseus.cache;

/**
 * What keeping an answer is worth: the seconds it is expected to save per byte.
 *
 * @param heat uses, each counting half after every {@link #HALF_LIFE_MILLIS}; as of {@code lastUsedMillis}
 * @param lastUsedMillis since 1970
 */
public record Retention(double heat, long lastUsedMillis) {
    /*
     * Expected reuse is taken as proportional to the exponentially decayed number of uses (the request that created the entry counts
     * as one). All entries decay by the same factor, so their order changes only when one is used: instead of the value at some time,
     *
     *     seconds * heat * 2^(-(now - lastUsed) / H) / bytes,
     *
     * its logarithm without the common term -now/H is stored once and indexed. The one with the least goes first.
     *
     * Source: decayed counts: P. Jelenkovic, A. Radovanovic, "Least-recently-used caching with dependent requests", TCS 2004 (and LRFU: D.
     * Lee et al., IEEE ToC 2001); cost per size: P. Cao, S. Irani, "Cost-Aware WWW Proxy Caching Algorithms" (GreedyDual-Size), 1997.
     */
    /** Time after which a use counts half. */
    public static final long HALF_LIFE_MILLIS = 8 * 3_600_000L;

    /** An entry that was just made, by the one request it answered. */
    public static Retention fresh(long nowMillis) {
        return new Retention(1, nowMillis);
    }

    /** After {@code uses} more, the last of them at {@code nowMillis}. */
    public Retention used(long uses, long nowMillis) {
        long later = Math.max(nowMillis, lastUsedMillis);
        return new Retention(decayed(later) + uses, later);
    }

    /** The heat that is left at {@code nowMillis}. */
    public double decayed(long nowMillis) {
        return heat * Math.pow(2, -(double) (nowMillis - lastUsedMillis) / HALF_LIFE_MILLIS);
    }

    /**
     * Larger is worth more; comparable between entries at all times.
     *
     * @param computeNanos what a use saves
     * @param bytes what keeping it takes
     */
    public double priority(long computeNanos, long bytes) {
        return log2((double) Math.max(1, computeNanos) * heat / Math.max(1, bytes))
                + (double) lastUsedMillis / HALF_LIFE_MILLIS;
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }
}
