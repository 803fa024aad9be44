package io.theseus.cache.semantic;

import java.util.SplittableRandom;

/** A made-up world of questions against the rule: who asks what, and how often a remembered answer is right. */
final class ServeRuleSimulation {
    /** P(right) of a request. */
    @FunctionalInterface
    interface World {
        double right(int request, int entry, double cosine);
    }

    long served;
    long wrong;
    long all;
    final ServeRule<Integer> rule;
    private final SplittableRandom random;

    ServeRuleSimulation(ErrorBound bound, long seed) {
        random = new SplittableRandom(seed);
        rule = new ServeRule<>(bound, random.split());
    }

    /** Asks: entries are as popular as words are (Zipf), cosines even between 0.92 and 1. */
    ServeRuleSimulation run(int requests, int entries, World world) {
        for (int i = 0; i < requests; i++) {
            int entry = (int) Math.exp(random.nextDouble() * Math.log(entries));
            double cosine = 0.92 + 0.08 * random.nextDouble();
            boolean right = random.nextDouble() < world.right((int) all, entry, cosine);
            all++;
            switch (rule.decide(entry, cosine)) {
                case ServeDecision.Serve serve -> {
                    served++;
                    wrong += right ? 0 : 1;
                }
                case ServeDecision.Check check -> rule.observe(entry, new CheckedOutcome(cosine, right, true));
                case ServeDecision.Recompute recompute -> rule.observe(entry, new CheckedOutcome(cosine, right, false));
            }
        }
        return this;
    }

    /** Whether an entry is one of a share of bad ones, always the same. */
    static boolean bad(int entry, double share) {
        return new SplittableRandom(entry * 31L).nextDouble() < share;
    }
}
