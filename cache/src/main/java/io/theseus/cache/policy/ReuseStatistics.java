package io.theseus.cache.policy;

import java.util.Arrays;

/**
 * Learns, for classes of blocks, after what time blocks are used again, and from that what keeping one longer is worth. Not
 * thread-safe.
 */
final class ReuseStatistics {
    /*
     * Per class, a life table over ages in half octaves of a second: how many blocks reached the age since their last use, and how
     * many were used again within it. Blocks that still wait, or were lost from sight, count up to their age (censored, as in the
     * Kaplan-Meier estimate), whether they are stored or not: so what is learned does not depend on what the policy kept.
     *
     * A block's worth is its Gittins index: the most, over all times T, of P(used again within T) / E[time it takes up until then or
     * until T]. Taking up space costs the same per second for every block, so serving the highest index first is optimal for the
     * relaxed problem in which space is priced; T lets a block be kept through a minute of silence for the next turn of a chat, and
     * dropped after.
     *
     * Counts are few and blocks of one request share their fate, so a class is drawn to the average of all by PULL virtual blocks. The
     * steady variant of the index may also not rise with age and is tilted towards youth: near LRU where little was learned, and blind
     * to what comes back at regular times, which only the plain one sees.
     *
     * Sources: N. Beckmann et al., "LHD: Improving Cache Hit Rate by Maximizing Hit Density", NSDI 2018 (classes, ages, hits per space
     * and time); J. Gittins, "Bandit Processes and Dynamic Allocation Indices", J. R. Stat. Soc. B 1979. Measured beside alternatives in
     * docs/decisions/090.
     */
    private static final int BUCKETS = 48;

    private static final double PULL = 200;
    private static final double PRIOR_WEIGHT = 50;
    private static final double PRIOR = 0.03;
    private static final double TILT = 0.1;

    /** A class used again less often than this share of the average is rare. */
    private static final double RARE = 0.25;

    /** Share of old counts kept when they have become many: traffic changes. */
    private static final double FADE = 0.5;

    private static final double MANY = 2_000_000;

    private final int classes;
    private final double[][] reused; // [class][bucket]
    private final double[][] reached; // [class][bucket], of blocks whose wait is over
    private final double[][] worth; // [class][bucket]
    private final double[][] steadyWorth; // [class][bucket]
    private final boolean[] rare; // [class]
    private double counted;

    ReuseStatistics(int classes) {
        this.classes = classes;
        reused = new double[classes][BUCKETS];
        reached = new double[classes][BUCKETS];
        worth = new double[classes][BUCKETS];
        steadyWorth = new double[classes][BUCKETS];
        rare = new boolean[classes];
        refresh(new double[classes][BUCKETS]);
    }

    /** Half octaves: bucket 0 is below a second, bucket b from 2^((b-1)/2) s on. */
    static int bucket(double seconds) {
        if (seconds < 1) {
            return 0;
        }
        int exponent = Math.getExponent(seconds);
        int half = seconds >= Math.scalb(Math.sqrt(2), exponent) ? 1 : 0;
        return Math.min(BUCKETS - 1, 1 + 2 * exponent + half);
    }

    /** What one more second of keeping a block of this class is worth, {@code idle} seconds after its last use. */
    double worth(int type, double idle) {
        return worth[type][bucket(idle)];
    }

    /** As {@link #worth}, never rising with age. */
    double steadyWorth(int type, double idle) {
        return steadyWorth[type][bucket(idle)];
    }

    /** Whether blocks of this class are hardly ever used again. */
    boolean rare(int type) {
        return rare[type];
    }

    /** A block was used again after {@code idle} seconds. */
    void reused(int type, double idle) {
        int bucket = bucket(idle);
        reused[type][bucket]++;
        for (int b = 0; b <= bucket; b++) {
            reached[type][b]++;
        }
        counted++;
    }

    /** A block was lost from sight after {@code idle} seconds. */
    void lost(int type, double idle) {
        wait(reached[type], idle);
        counted++;
    }

    /** Counts a block that has waited {@code idle} seconds so far into {@code row}. */
    static void wait(double[] row, double idle) {
        int bucket = bucket(idle);
        for (int b = 0; b < bucket; b++) {
            row[b]++;
        }
        row[bucket] += 0.5;
    }

    /** An empty table of blocks that wait, for {@link #refresh}. */
    double[][] waiting() {
        return new double[classes][BUCKETS];
    }

    /**
     * Computes all worths anew.
     *
     * @param waiting per class and bucket, the blocks that still wait
     */
    void refresh(double[][] waiting) {
        double[] allReused = new double[BUCKETS];
        double[] allReached = new double[BUCKETS];
        for (int type = 0; type < classes; type++) {
            for (int b = 0; b < BUCKETS; b++) {
                allReused[b] += reused[type][b];
                allReached[b] += reached[type][b] + waiting[type][b];
            }
        }
        double[] average = new double[BUCKETS];
        for (int b = 0; b < BUCKETS; b++) {
            average[b] = (allReused[b] + PRIOR_WEIGHT * PRIOR) / (allReached[b] + PRIOR_WEIGHT);
        }
        int seen = 0;
        while (seen < BUCKETS && allReached[seen] > PULL) {
            seen++;
        }
        for (int type = 0; type < classes; type++) {
            double[] chance = new double[BUCKETS];
            for (int b = 0; b < BUCKETS; b++) {
                chance[b] = (reused[type][b] + PULL * average[b]) / (reached[type][b] + waiting[type][b] + PULL);
            }
            worth[type] = index(chance);
            steadyWorth[type] = steady(worth[type]);
            rare[type] = eventually(chance, seen) < RARE * eventually(average, seen);
        }
        if (counted > MANY) {
            fade();
        }
    }

    private void fade() {
        counted *= FADE;
        for (double[][] table : new double[][][] {reused, reached}) {
            for (double[] row : table) {
                Arrays.setAll(row, b -> row[b] * FADE);
            }
        }
    }

    /** Chance to be used again within the first {@code ages} buckets. */
    private static double eventually(double[] chance, int ages) {
        double never = 1;
        for (int b = 0; b < ages; b++) {
            never *= 1 - Math.min(1, chance[b]);
        }
        return 1 - never;
    }

    private static double[] index(double[] chance) {
        double[] index = new double[BUCKETS];
        for (int age = 0; age < BUCKETS; age++) {
            double waits = 1;
            double time = 0;
            double best = 0;
            for (int b = age; b < BUCKETS; b++) {
                double width = start(b + 1) - start(b);
                double hits = waits * Math.min(1, chance[b]);
                time += width * (waits - hits / 2);
                waits -= hits;
                best = Math.max(best, (1 - waits) / time);
            }
            index[age] = best;
        }
        return index;
    }

    private static double[] steady(double[] index) {
        double[] steady = new double[BUCKETS];
        for (int age = 0; age < BUCKETS; age++) {
            double tilted = index[age] * Math.pow(2, -TILT * age);
            steady[age] = age == 0 ? tilted : Math.min(steady[age - 1], tilted);
        }
        return steady;
    }

    private static double start(int bucket) {
        return bucket == 0 ? 0 : Math.pow(2, (bucket - 1) / 2.0);
    }
}
