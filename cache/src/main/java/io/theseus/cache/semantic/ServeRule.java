package io.theseus.cache.semantic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Decides for each candidate whether its answer is served or computed anew, such that of what is served no more is wrong than the
 * user's bound allows. Safe for use by many threads.
 *
 * @param <K> what names an entry
 */
public final class ServeRule<K> {
    /*
     * docs/meaning.md has the statistics. In short: the likelihood of each logistic model of the grid under the entry's own outcomes
     * and the pool's; serve if even the least favourable model that the outcomes leave possible keeps the bound; and of what could be
     * served compute a random share all the same, to learn whether it still does.
     */
    /** Own wrong outcomes weigh as many of the pool's: what was wrong once for an entry is likely wrong for it again. */
    private static final double OWN_WRONG = 50;

    /**
     * Right outcomes of its own from which on an entry belongs to the second and third pool. Bad entries show themselves early, so
     * that those which stood some checks are better than the rest, and the statistics may know it.
     */
    private static final int[] STOOD = {0, 1, 4};

    /** Outcomes of one entry that go into a pool; a popular question must not speak for the rare ones. */
    private static final int POOLED = 12;

    /** Outcomes of an entry that are kept. */
    private static final int KEPT = 32;

    /** Share of servable candidates that is checked in the long run, and how it starts. */
    private static final double CHECKED = 0.05;

    private static final double CHECKED_FIRST = 0.2;
    private static final double YOUNG = 25;

    /** After a wrong answer was found, this share of the next candidates is checked. */
    private static final double CHECKED_ALARM = 0.5;

    private static final int ALARM = 40;

    private final LogisticGrid grid = new LogisticGrid();
    private final ErrorBound bound;
    private final SplittableRandom random;
    private final List<OutcomePool> pools = new ArrayList<>();
    private final Map<K, List<CheckedOutcome>> entries = new HashMap<>();
    private long checks;
    private int alarm;

    /** @param random decides which servable candidates are checked */
    public ServeRule(ErrorBound bound, SplittableRandom random) {
        this.bound = bound;
        this.random = random;
        for (int i = 0; i < STOOD.length; i++) {
            pools.add(new OutcomePool(grid, bound));
        }
    }

    /**
     * Counts outcomes of pairs that people labelled, before this node has any of its own.
     *
     * @param count how many, may be a fraction
     */
    public synchronized void know(double cosine, boolean right, double count) {
        pools.forEach(pool -> pool.seed(cosine, right, count));
    }

    public ErrorBound bound() {
        return bound;
    }

    /** What to do with the answer of {@code entry} for a question at {@code cosine} to its own. */
    public synchronized ServeDecision decide(K entry, double cosine) {
        double least = leastRight(entry, cosine);
        if (least < 1 - bound.share()) {
            return new ServeDecision.Recompute(least);
        }
        if (random.nextDouble() < checkedShare()) {
            return new ServeDecision.Check(least);
        }
        alarm = Math.max(0, alarm - 1);
        return new ServeDecision.Serve(least);
    }

    private double checkedShare() {
        return alarm > 0 ? CHECKED_ALARM : Math.max(CHECKED, CHECKED_FIRST * YOUNG / (YOUNG + checks));
    }

    private double leastRight(K entry, double cosine) {
        if (!(cosine >= LogisticGrid.FLOOR)) {
            return 0;
        }
        int bin = LogisticGrid.bin(cosine);
        List<CheckedOutcome> own = entries.getOrDefault(entry, List.of());
        double best = 0;
        // What holds for entries that stood fewer checks holds for this one.
        for (int i = 0; i <= pool(own); i++) {
            OutcomePool pool = pools.get(i);
            double least = pool.leastRight(bin);
            if (!own.isEmpty() && least >= best) {
                float[] likelihoods = pool.evidence();
                for (CheckedOutcome outcome : own) {
                    double weight = outcome.right() ? 1 : OWN_WRONG;
                    grid.add(likelihoods, LogisticGrid.bin(outcome.cosine()), outcome.right(), weight);
                }
                least = grid.leastRight(likelihoods, bin);
            }
            best = Math.max(best, least);
        }
        return best;
    }

    /** The last pool that an entry with these outcomes may appeal to. */
    private static int pool(List<CheckedOutcome> own) {
        if (!clean(own)) {
            return 0;
        }
        int pool = 0;
        while (pool + 1 < STOOD.length && own.size() >= STOOD[pool + 1]) {
            pool++;
        }
        return pool;
    }

    private static boolean clean(List<CheckedOutcome> own) {
        return own.stream().allMatch(CheckedOutcome::right);
    }

    /** Counts the outcome of a check of {@code entry}. */
    public synchronized void observe(K entry, CheckedOutcome outcome) {
        if (!(outcome.cosine() >= LogisticGrid.FLOOR)) {
            return;
        }
        List<CheckedOutcome> own = entries.computeIfAbsent(entry, e -> new ArrayList<>(1));
        // Once an entry was wrong, its own outcomes decide about it; the pools are about those that never were.
        if (own.size() < POOLED && clean(own)) {
            pools.get(pool(own)).add(outcome);
        }
        own.add(outcome);
        if (own.size() > KEPT) {
            own.removeFirst();
        }
        checks++;
        if (!outcome.right() && outcome.wouldServe()) {
            alarm = ALARM;
        }
    }

    /** Forgets an entry that is gone; what it taught the pools stays. */
    public synchronized void forget(K entry) {
        entries.remove(entry);
    }

    /** Outcomes counted so far. */
    public synchronized long checks() {
        return checks;
    }

    /** How often a pool forgot what it knew, because answers came out worse than the bound allows. */
    public synchronized int restarts() {
        return pools.stream().mapToInt(OutcomePool::restarts).sum();
    }
}
