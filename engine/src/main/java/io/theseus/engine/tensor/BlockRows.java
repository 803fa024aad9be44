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
    private static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_NIBBLES = 0x0F0F0F0F0F0F0F0FL;

    @Override
    public void read(int row, int[] words, float[] d, float[] m) {
        int blocks = columns / 32;
        long at = (long) row * blocks * type.blockBytes();
        for (int b = 0; b < blocks; b++, at += type.blockBytes()) {
            float scale = Float.float16ToFloat(data.get(F16, at));
            d[b] = scale;
            m[b] = 0f;
            switch (type) {
                case Q4_0 -> nibbles(at + 2, words, b * 4);
                case Q4_1 -> {
                    m[b] = Float.float16ToFloat(data.get(F16, at + 2)) + scale * 8f;
                    nibbles(at + 4, words, b * 4);
                }
                case Q5_0 -> fiveBits(at + 6, data.get(INT32, at + 2), words, b * 8);
                case Q5_1 -> {
                    m[b] = Float.float16ToFloat(data.get(F16, at + 2)) + scale * 16f;
                    fiveBits(at + 8, data.get(INT32, at + 4), words, b * 8);
                }
                case Q8_0 -> {
                    for (int w = 0; w < 8; w++) {
                        // Adding 128 to each byte, modulo 256, is flipping its sign.
                        words[b * 8 + w] = data.get(INT32, at + 2 + 4L * w) ^ 0x80808080;
                    }
                }
                default -> throw new IllegalStateException(type.name());
            }
        }
    }

    /** A file's nibbles are codes + 8, as ours are: only their order changes. */
    private void nibbles(long at, int[] words, int to) {
        long first = data.get(INT64, at);
        long second = data.get(INT64, at + 8);
        words[to] = gather(first & LOW_NIBBLES);
        words[to + 1] = gather(second & LOW_NIBBLES);
        words[to + 2] = gather(first >>> 4 & LOW_NIBBLES);
        words[to + 3] = gather(second >>> 4 & LOW_NIBBLES);
    }

    /** The low nibbles of eight bytes, side by side. */
    private static int gather(long nibbles) {
        long pairs = (nibbles | nibbles >>> 4) & 0x00FF00FF00FF00FFL;
        long fours = (pairs | pairs >>> 8) & 0x0000FFFF0000FFFFL;
        return (int) (fours | fours >>> 16);
    }

    private void fiveBits(long at, int fifths, int[] words, int to) {
        for (int w = 0; w < 8; w++) {
            int word = 0;
            for (int k = 0; k < 4; k++) {
                int column = w * 4 + k;
                int pair = data.get(ValueLayout.JAVA_BYTE, at + column % 16);
                int code = (column < 16 ? pair & 15 : pair >> 4 & 15) | (fifths >>> column & 1) << 4;
                word |= code - 16 + 128 << 8 * k;
            }
            words[to + w] = word;
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
