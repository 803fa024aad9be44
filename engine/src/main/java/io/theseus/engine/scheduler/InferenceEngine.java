package io.theseus.engine.scheduler;

import io.theseus.engine.tokenizer.Tokenizer;

/** Computes answers for many callers at once with one model. Safe for use by many threads. */
public interface InferenceEngine extends AutoCloseable {
    /**
     * Queues a request.
     *
     * @throws io.theseus.core.TheseusException {@code CONTEXT_OVERFLOW} if the prompt alone does not fit, {@code BUSY} if the queue or the
     *     KV memory is full, {@code BAD_INPUT} for ids outside the vocabulary
     */
    Generation submit(GenerationRequest request);

    Tokenizer tokenizer();

    /** Largest number of tokens of prompt and answer together. */
    int contextLength();

    /** Load now, for metrics and health. */
    Load load();

    /** Lets running answers finish for at most {@code graceMillis}, then cuts them with {@link FinishReason#SHUTDOWN}. */
    void shutdown(long graceMillis);

    /** Shuts down at once. */
    @Override
    default void close() {
        shutdown(0);
    }

    /** Requests running and waiting, and KV blocks in use. */
    record Load(int running, int waiting, int usedBlocks, int totalBlocks, long promptTokens, long generatedTokens) {}
}
