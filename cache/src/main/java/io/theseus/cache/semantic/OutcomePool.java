package io.theseus.cache.semantic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The outcomes of all entries together, for entries that have few of their own. What is older counts less, and when the checks of what
 * would have been served come out worse than the bound allows, everything older is forgotten.
 */
final class OutcomePool {
    /** Outcomes that are remembered, as a multiple of those that the bound needs: many lie where they say little. */
    private static final double MEMORY = 8;

    /** Latest checks of servable candidates, in which a change is looked for. */
    private static final int WINDOW = 64;

    /** A run of checks less likely than this under the bound means that the world has changed. */
    private static final double CHANGED = 0.02;

    private final LogisticGrid grid;
    private final ErrorBound bound;
    private final double memory; // outcomes after which one counts 1/e of its weight
    private final Deque<CheckedOutcome> window = new ArrayDeque<>();
    private float[] likelihoods = new float[LogisticGrid.MODELS];
    private final double[] least = new double[LogisticGrid.BINS]; // NaN = not known for the likelihoods as they are
    private int restarts;

    OutcomePool(LogisticGrid grid, ErrorBound bound) {
        this.grid = grid;
        this.bound = bound;
        this.memory = MEMORY * bound.outcomesNeeded();
        Arrays.fill(least, Double.NaN);
    }

    /** Counts {@code count} outcomes at once; used for what was known before. */
    void seed(double cosine, boolean right, double count) {
        grid.add(likelihoods, LogisticGrid.bin(cosine), right, count);
        Arrays.fill(least, Double.NaN);
    }

    void add(CheckedOutcome outcome) {
        float keep = (float) (1 - 1 / memory);
        for (int i = 0; i < likelihoods.length; i++) {
            likelihoods[i] *= keep;
        }
        Arrays.fill(least, Double.NaN);
        grid.add(likelihoods, LogisticGrid.bin(outcome.cosine()), outcome.right(), 1);
        if (outcome.wouldServe()) {
            window.addLast(outcome);
            if (window.size() > WINDOW) {
                window.removeFirst();
            }
            restartIfChanged();
        }
    }

    private void restartIfChanged() {
        int checks = 0;
        int wrong = 0;
        List<CheckedOutcome> recent = new ArrayList<>();
        for (Iterator<CheckedOutcome> latest = window.descendingIterator(); latest.hasNext(); ) {
            CheckedOutcome outcome = latest.next();
            recent.add(outcome);
            checks++;
            wrong += outcome.right() ? 0 : 1;
            if (wrong > 1 && !outcome.right() && atLeast(wrong, checks, bound.share()) < CHANGED) {
                restart(recent);
                return;
            }
        }
    }

    private void restart(List<CheckedOutcome> recent) {
        restarts++;
        likelihoods = new float[LogisticGrid.MODELS];
        Arrays.fill(least, Double.NaN);
        for (CheckedOutcome outcome : recent) {
            grid.add(likelihoods, LogisticGrid.bin(outcome.cosine()), outcome.right(), 1);
        }
        window.clear();
    }

    /** P(X >= k) for X binomial of n trials with probability p. */
    static double atLeast(int k, int n, double p) {
        double below = 0;
        double term = Math.pow(1 - p, n);
        for (int i = 0; i < k; i++) {
            below += term;
            term *= (n - i) / (i + 1.0) * p / (1 - p);
        }
        return Math.max(0, 1 - below);
    }

    /** The logarithms of the models' likelihoods, (MODELS); a copy. */
    float[] evidence() {
        return likelihoods.clone();
    }

    /** {@link LogisticGrid#leastRight} of the pool alone. */
    double leastRight(int bin) {
        if (Double.isNaN(least[bin])) {
            least[bin] = grid.leastRight(likelihoods, bin);
        }
        return least[bin];
    }

    /** How often a change made it forget. */
    int restarts() {
        return restarts;
    }
}
