package io.theseus.cache.semantic;

/** What to do with a candidate. */
public sealed interface ServeDecision {
    /** The least probability of being right that the checked outcomes leave possible. */
    double leastRight();

    /** Serve the remembered answer. */
    record Serve(double leastRight) implements ServeDecision {}

    /** It could be served; compute all the same, and report how both answers compare: that is how the bound is kept. */
    record Check(double leastRight) implements ServeDecision {}

    /** Not sure enough: compute, and report how both answers compare. */
    record Recompute(double leastRight) implements ServeDecision {}
}
