package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;

/** Hears what the scheduler measures, for histograms. Called on the engine's thread: count and return. */
public interface SchedulerListener {
    /** Ignores everything. */
    SchedulerListener NONE = new SchedulerListener() {};

    /**
     * A request left the queue for the first time.
     *
     * @param queueNanos since its submission
     * @param promptTokens of the request
     * @param cachedTokens of them, those whose state was already there
     */
    default void started(long queueNanos, int promptTokens, int cachedTokens) {}

    /** A first token, {@code nanos} after the submission. */
    default void firstToken(long nanos) {}

    /** A further token, {@code nanos} after the one before. */
    default void nextToken(long nanos) {}

    /** A step of the model: {@code decodes} answers advanced by a token each, {@code prefillTokens} of prompts. */
    default void step(int decodes, int prefillTokens, long nanos) {}

    /** An answer ended. */
    default void finished(FinishReason reason, GenerationEvent.Usage usage) {}

    /** An answer failed. */
    default void failed(ErrorCode code) {}

    /** A running request gave its blocks to an older one and will be computed again. */
    default void preempted() {}
}
