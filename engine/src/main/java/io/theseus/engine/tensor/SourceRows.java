package io.theseus.engine.tensor;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Reads rows of a weight matrix as the contract sees them (rule 1): codes q and, per block, f32 values D and M with weight =
 * D * q + M.
 */
interface SourceRows {
    /**
     * Reads one row.
     *
     * @param words (columns * codeBits / 32): codes as {@link PackedMatrix} stores them
     * @param d (columns / {@link #scaleBlock()})
     * @param m (columns / {@link #scaleBlock()})
     */
    void read(int row, int[] words, float[] d, float[] m);

    /** Columns that share D and M: 32, or 16 for Q6_K. */
    int scaleBlock();

    /** Bits a code needs when stored: 4 or 8. */
    int codeBits();

    /** Whether M can differ from zero. */
    boolean hasMinimum();

    /** Whether this engine can compute with matrices of {@code type}. */
    static boolean supports(TensorType type) {
        return switch (type) {
            case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> true;
            case Q8_1, Q2_K, Q3_K, Q8_K, IQ4_NL, IQ4_XS, I8, I16, I32, I64, F64 -> false;
        };
    }

    /**
     * A reader for {@code data}, (rows, columns) of {@code type}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} for a type this engine does not compute with
     */
    static SourceRows of(String name, TensorType type, MemorySegment data, int columns) {
        if (columns % Activations.BLOCK != 0) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "tensor " + name + " has " + columns + " columns; the arithmetic needs a multiple of "
                            + Activations.BLOCK);
        }
        if (!supports(type)) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "tensor " + name + " is " + type
                            + ", which this engine does not compute with; use a file in one of F32, F16,"
                            + " BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K");
        }
        return switch (type) {
            case F32, F16, BF16 -> new FloatRows(type, data, columns);
            case Q4_K, Q5_K, Q6_K -> new SuperBlockRows(type, data, columns);
            default -> new BlockRows(type, data, columns);
        };
    }
}
