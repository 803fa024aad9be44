package io.theseus.engine.scheduler;

import io.theseus.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Computes answers for many callers at once with one model. Safe for use by many threads. */
public interface InferenceEngine extends AutoCloseable {
    /**
     * Queues a request.
     *
     * @throws io.theseus.core.TheseusException {@code CONTEXT_OVERFLOW} if the prompt leaves no room for an answer, {@code BUSY}
     *     (with {@link io.theseus.core.TheseusException#retryAfter()}) if the queue is full, {@code BAD_INPUT} for ids outside
     *     the vocabulary, {@code UNAVAILABLE} once shut down or broken
     */
    Generation submit(GenerationRequest request);

    /**
     * Queues several requests, all or none, such as the {@code n} answers to one prompt: what their prompts share is computed
     * once.
     *
     * @return their generations, in the same order
     * @throws io.theseus.core.TheseusException as {@link #submit(GenerationRequest)}; then none of them runs
     */
    default List<Generation> submit(List<GenerationRequest> requests) {
        List<Generation> generations = new ArrayList<>();
        try {
            for (GenerationRequest request : requests) {
                generations.add(submit(request));
            }
        } catch (RuntimeException e) {
            generations.forEach(Generation::cancel);
            throw e;
        }
        return generations;
    }

    Tokenizer tokenizer();

    /** Largest number of tokens of prompt and answer together. */
    int contextLength();

    /** False once it takes no more requests: shut down, or broken by faults that only a restart can mend. */
    default boolean healthy() {
        return true;
    }

    /** Load now, for metrics and health. */
    Load load();

    /** Lets running answers finish for at most {@code graceMillis}, then cuts them with {@link FinishReason#SHUTDOWN}. */
    void shutdown(long graceMillis);

    /** Shuts down at once. */
    @Override
    default void close() {
        shutdown(0);
    }

    /**
     * Requests and KV blocks now, and totals since the start.
     *
     * @param running requests that share the steps of the model
     * @param waiting requests in the queue
     * @param usedBlocks KV blocks held by running requests and by states kept for reuse
     * @param totalBlocks KV blocks in all
     * @param promptTokens prompt tokens of requests begun so far, reused ones included
     * @param cachedTokens of them, those whose state was already there
     * @param generatedTokens tokens generated so far
     * @param preemptions how often a running request had to give its blocks to an older one
     */
    record Load(
            int running,
            int waiting,
            int usedBlocks,
            int totalBlocks,
            long promptTokens,
            long cachedTokens,
            long generatedTokens,
            long preemptions) {}
}
