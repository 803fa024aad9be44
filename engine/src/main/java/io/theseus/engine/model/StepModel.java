package io.theseus.engine.model;

import java.util.List;

/**
 * A model as the scheduler sees it: sequences with KV state, and a step that advances several of them at once.
 *
 * <p>Exactness makes this interface small: the logits of a token depend on the tokens before it in its sequence and on nothing
 * else, so how a prompt is cut into chunks, and which sequences share a step, can be chosen for speed alone.
 */
public interface StepModel extends AutoCloseable {
    /** Largest number of tokens a sequence can hold (the model's context, or less by configuration). */
    int contextLength();

    /** Number of logits. */
    int vocabularySize();

    /** Tokens of KV state per block; a sequence takes memory in whole blocks. */
    int blockTokens();

    /** KV blocks that no sequence holds now. */
    int freeBlocks();

    /** KV blocks in all. */
    int totalBlocks();

    /** An empty sequence. It takes blocks as it grows. */
    Sequence newSequence();

    /**
     * Appends each chunk's tokens to its sequence and computes the logits asked for. One thread at a time.
     *
     * @param chunks at most one per sequence
     * <p>If it throws anything but BUSY, sequences of this step may hold any part of their chunk and some sinks may have been
     * called; truncating each to its length before the step brings it back to what it was, and the model stays usable.
     *
     * @throws io.theseus.core.TheseusException {@code BUSY} if the blocks do not suffice (then nothing was appended),
     *     {@code CONTEXT_OVERFLOW} if a sequence would pass {@link #contextLength()}, {@code NUMERIC_FAULT}
     */
    void step(List<Chunk> chunks);

    /** The state in a whole block as canonical bytes, the same on every machine. */
    byte[] exportState(Block block);

    /**
     * Appends states of whole blocks to a sequence that ends at the end of a block.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} for bytes that no export gives, {@code BUSY} without free blocks,
     *     {@code CONTEXT_OVERFLOW}; the sequence is then unchanged
     */
    void importState(Sequence sequence, byte[] states);

    @Override
    void close();

    /** One sequence's tokens and KV state. Not thread-safe; use it between steps only. */
    interface Sequence extends AutoCloseable {
        /** Tokens held. */
        int length();

        /** Forgets all tokens from position {@code length} on. */
        void truncate(int length);

        /**
         * A second sequence with the same tokens; whole blocks are shared, a partly filled last one may be copied.
         *
         * @throws io.theseus.core.TheseusException {@code BUSY} if that copy needs a block and none is free
         */
        Sequence fork();

        /**
         * Holds on to the block with positions from {@code blockTokens * index} on, as far as they are there: its content stays
         * what it is, whatever becomes of the sequence.
         */
        Block hold(int index);

        /**
         * Appends the first {@code tokens} positions of a held block, which is shared until someone writes into it. The sequence
         * must end at the end of a block, and the block's positions must have followed these very tokens when they were computed.
         */
        void append(Block block, int tokens);

        /** Gives the blocks back. Idempotent. */
        @Override
        void close();
    }

    /** A block of KV state, held. Not thread-safe; use it between steps only. */
    interface Block extends AutoCloseable {
        /** Whether a sequence or another holder has it as well; then closing this one frees nothing. */
        boolean shared();

        /** Lets go of it. Idempotent. */
        @Override
        void close();
    }

    /**
     * Part of a step.
     *
     * @param sequence what to extend
     * @param tokens ids to append, at least one
     * @param logits receives the logits after each token from {@code tokens[firstLogits]} on; a {@code firstLogits} of
     *     {@code tokens.length} wants none, {@code tokens.length - 1} only the last token's
     */
    record Chunk(Sequence sequence, int[] tokens, int firstLogits, LogitsSink logits) {}

    /** Receives logits, on the thread that called {@link #step}. The array is reused after the call returns. */
    @FunctionalInterface
    interface LogitsSink {
        /**
         * @param index which of the chunk's tokens these logits follow
         * @param logits (vocabulary)
         */
        void accept(int index, float[] logits);
    }
}
