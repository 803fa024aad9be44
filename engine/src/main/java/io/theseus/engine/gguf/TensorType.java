package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/**
 * How a tensor's values are stored: blocks of {@link #blockSize()} values in {@link #blockBytes()} bytes.
 *
 * <p>Source: ggml's {@code ggml_type} numbering and block layouts, as the GGUF specification refers to them.
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ4_NL(20, 32, 18),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    BF16(30, 1, 2);

    private final int id;
    private final int blockSize;
    private final int blockBytes;

    TensorType(int id, int blockSize, int blockBytes) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    /** The number that stands for this type in a file. */
    public int id() {
        return id;
    }

    /** Values in one block. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /**
     * Reads the type number of {@code tensor}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} if the number names no type known here
     */
    static TensorType read(GgufCursor in, String tensor) {
        int id = in.int32("type of " + tensor);
        for (TensorType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        throw new TheseusException(
                ErrorCode.MODEL_UNSUPPORTED,
                in.header().name() + ": tensor " + tensor + " has " + name(id)
                        + ", which this version cannot read; convert the model to one of"
                        + " F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K");
    }

    /** ggml's types that are not read here, so that a message can name them. */
    private static String name(int id) {
        return switch (id) {
            case 16 -> "type IQ2_XXS";
            case 17 -> "type IQ2_XS";
            case 18 -> "type IQ3_XXS";
            case 19 -> "type IQ1_S";
            case 21 -> "type IQ3_S";
            case 22 -> "type IQ2_S";
            case 29 -> "type IQ1_M";
            case 34 -> "type TQ1_0";
            case 35 -> "type TQ2_0";
            case 39 -> "type MXFP4";
            default -> "type number " + id;
        };
    }
}
