package io.theseus.orchestrator.meaning;

/**
 * What the layer did so far.
 *
 * @param questions that can be found
 * @param served answers served by meaning
 * @param refused candidates near enough, but of another meaning by the concept graph
 * @param checks outcomes that are known
 * @param wrong of these, those that were wrong
 * @param restarts how often the statistics started anew, because answers came out worse than the bound allows
 */
public record MeaningCounts(long questions, long served, long refused, long checks, long wrong, long restarts) {}
