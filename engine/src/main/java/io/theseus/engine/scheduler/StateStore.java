package io.theseus.engine.scheduler;

import java.util.List;

/**
 * States of prompts beyond the engine's memory, in whole blocks of canonical bytes. Every method is called on the engine's thread and
 * must return at once; reading and writing is for other threads.
 */
public interface StateStore {
    /** Stores nothing. */
    StateStore NONE = new StateStore() {
        @Override
        public Plan plan(int[] tokens, int from, double prefillNanosPerToken, Runnable wake) {
            return Plan.COMPUTE;
        }

        @Override
        public List<Integer> wanted(int[] tokens, double prefillNanosPerToken) {
            return List.of();
        }

        @Override
        public void store(int[] tokens, int block, byte[] state) {}
    };

    /**
     * Decides where the state of a prompt comes from.
     *
     * @param tokens whole blocks of the prompt's tokens
     * @param from the first block that memory does not hold
     * @param prefillNanosPerToken as measured lately; 0 = not known yet
     * @param wake to be called, on any thread, when a plan that loads becomes ready
     */
    Plan plan(int[] tokens, int from, double prefillNanosPerToken, Runnable wake);

    /** Which blocks of a computed prompt, given as whole blocks of tokens, it would like to have, in ascending order. */
    List<Integer> wanted(int[] tokens, double prefillNanosPerToken);

    /**
     * Hands over a block that was {@link #wanted}.
     *
     * @param tokens the very array it was asked about
     */
    void store(int[] tokens, int block, byte[] state);

    /** What was decided for one prompt. */
    interface Plan extends AutoCloseable {
        /** Nothing to load, and nothing to compare. */
        Plan COMPUTE = new Plan() {};

        /** Whether blocks are on their way; else the prompt is computed. */
        default boolean loads() {
            return false;
        }

        /** Whether all blocks that will come are there. */
        default boolean ready() {
            return true;
        }

        /** The first block that is loaded. */
        default int first() {
            return 0;
        }

        /** End of the blocks that are there, once ready. */
        default int end() {
            return 0;
        }

        /** State of a block from {@link #first} to before {@link #end}. */
        default byte[] state(int block) {
            throw new IllegalStateException("block " + block + " of a plan without blocks");
        }

        /** The loaded blocks are in the sequence; putting {@code blocks} there took {@code nanos} of the engine's time. */
        default void imported(int blocks, long nanos) {}

        /** The prompt is prefilled: of its tokens {@code tokens} were computed, within {@code nanos}. */
        default void computed(int tokens, long nanos) {}

        /** Nobody waits for it any more. */
        @Override
        default void close() {}
    }
}
