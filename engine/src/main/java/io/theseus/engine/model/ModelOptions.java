package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/**
 * How to run a model. Nothing here changes a bit of any result.
 *
 * @param contextLength most tokens of one sequence; 0 = as many as the model was made for and the KV memory holds
 * @param kvBytes memory for KV state of all sequences together, in bytes
 * @param threads threads for arithmetic; 0 = one per processor
 * @param kernel which implementation of the arithmetic
 */
public record ModelOptions(int contextLength, long kvBytes, int threads, Kernel kernel) {
    /** Implementations with the same bits. */
    public enum Kernel {
        /** The native one where it was built and this processor can run it, else the vector one. */
        AUTO,
        /** Plain Java, the readable definition: slow. */
        SCALAR,
        /** The Vector API. */
        VECTOR,
        /** The library in {@code engine/native}. */
        NATIVE
    }

    /** Default of {@link #kvBytes}. */
    public static final long DEFAULT_KV_BYTES = 512L << 20;

    public static final ModelOptions DEFAULT = new ModelOptions(0, DEFAULT_KV_BYTES, 0, Kernel.AUTO);

    public ModelOptions {
        if (contextLength < 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "context is " + contextLength + ", expected 0 or more");
        }
        if (kvBytes < 1) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "KV memory is " + kvBytes + " bytes, expected at least 1");
        }
        if (threads < 0 || threads > 1024) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "threads is " + threads + ", expected 0 to 1024");
        }
    }

    int effectiveThreads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
