package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows in blocks of 32 with one f16 scale: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0.
 *
 * <p>Source: ggml's block layouts (ggml-common.h): a 4-bit block holds columns 0-15 in the low and 16-31 in the high nibbles; the
 * fifth bits of a 5-bit block are one 32-bit word, column i in bit i.
 */
record BlockRows(TensorType type, MemorySegment data, int columns) implements SourceRows {
    static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void read(int row, short[] codes, float[] d, float[] m) {
        int blocks = columns / 32;
        for (int b = 0; b < blocks; b++) {
            long at = ((long) row * blocks + b) * type.blockBytes();
            float scale = Float.float16ToFloat(data.get(F16, at));
            d[b] = scale;
            m[b] = 0f;
            int to = b * 32;
            switch (type) {
                case Q4_0 -> nibbles(at + 2, codes, to, 8);
                case Q4_1 -> {
                    m[b] = Float.float16ToFloat(data.get(F16, at + 2)) + scale * 8f;
                    nibbles(at + 4, codes, to, 8);
                }
                case Q5_0 -> {
                    nibbles(at + 6, codes, to, 16);
                    fifthBits(data.get(INT32, at + 2), codes, to);
                }
                case Q5_1 -> {
                    m[b] = Float.float16ToFloat(data.get(F16, at + 2)) + scale * 16f;
                    nibbles(at + 8, codes, to, 16);
                    fifthBits(data.get(INT32, at + 4), codes, to);
                }
                case Q8_0 -> {
                    for (int j = 0; j < 32; j++) {
                        codes[to + j] = data.get(ValueLayout.JAVA_BYTE, at + 2 + j);
                    }
                }
                default -> throw new IllegalStateException(type.name());
            }
        }
    }

    private void nibbles(long at, short[] codes, int to, int centre) {
        for (int j = 0; j < 16; j++) {
            int pair = data.get(ValueLayout.JAVA_BYTE, at + j);
            codes[to + j] = (short) ((pair & 15) - centre);
            codes[to + 16 + j] = (short) ((pair >> 4 & 15) - centre);
        }
    }

    private static void fifthBits(int bits, short[] codes, int to) {
        for (int j = 0; j < 32; j++) {
            codes[to + j] += (short) ((bits >>> j & 1) << 4);
        }
    }

    @Override
    public int scaleBlock() {
        return 32;
    }

    @Override
    public int codeBits() {
        return type == TensorType.Q4_0 || type == TensorType.Q4_1 ? 4 : 8;
    }

    @Override
    public boolean hasMinimum() {
        return type == TensorType.Q4_1 || type == TensorType.Q5_1;
    }
}
