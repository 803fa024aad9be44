package io.theseus.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Rows in super-blocks of 256 whose sub-block scales are themselves quantised: Q4_K and Q5_K (8 sub-blocks of 32 with scale and
 * minimum of 6 bits), Q6_K (16 sub-blocks of 16 with an 8-bit scale).
 *
 * <p>Source: ggml's block layouts and {@code get_scale_min_k4} (ggml-common.h, ggml-quants.c).
 */
record SuperBlockRows(TensorType type, MemorySegment data, int columns) implements SourceRows {
    @Override
    public void read(int row, int[] words, float[] d, float[] m) {
        short[] codes = new short[columns];
        read(row, codes, d, m);
        int bits = codeBits();
        int perWord = 32 / bits;
        int centre = 1 << bits - 1;
        for (int w = 0; w < words.length; w++) {
            int word = 0;
            for (int k = 0; k < perWord; k++) {
                word |= codes[w * perWord + k] + centre << bits * k;
            }
            words[w] = word;
        }
    }

    private void read(int row, short[] codes, float[] d, float[] m) {
        int supers = columns / 256;
        for (int s = 0; s < supers; s++) {
            long at = ((long) row * supers + s) * type.blockBytes();
            if (type == TensorType.Q6_K) {
                sixBit(at, codes, s * 256, d, m, s * 16);
            } else {
                withMinimum(at, codes, s * 256, d, m, s * 8);
            }
        }
    }

    // d, dmin: f16; 12 bytes of 6-bit scales and minimums; Q5_K: 32 bytes of fifth bits; 128 bytes of nibbles.
    private void withMinimum(long at, short[] codes, int to, float[] d, float[] m, int block) {
        float scale = Float.float16ToFloat(data.get(BlockRows.F16, at));
        float minimum = Float.float16ToFloat(data.get(BlockRows.F16, at + 2));
        boolean five = type == TensorType.Q5_K;
        int centre = five ? 16 : 8;
        long nibbles = at + (five ? 48 : 16);
        for (int j = 0; j < 8; j++) {
            int sc;
            int mn;
            if (j < 4) {
                sc = unsigned(at + 4 + j) & 63;
                mn = unsigned(at + 8 + j) & 63;
            } else {
                sc = unsigned(at + 8 + j) & 15 | unsigned(at + j) >> 6 << 4;
                mn = unsigned(at + 8 + j) >> 4 | unsigned(at + 4 + j) >> 6 << 4;
            }
            float dd = scale * sc;
            d[block + j] = dd;
            m[block + j] = dd * centre - minimum * mn;
            for (int i = 0; i < 32; i++) {
                int pair = unsigned(nibbles + j / 2 * 32L + i);
                int q = (j & 1) == 0 ? pair & 15 : pair >> 4;
                if (five) {
                    q += (unsigned(at + 16 + i) >> j & 1) << 4;
                }
                codes[to + j * 32 + i] = (short) (q - centre);
            }
        }
    }

    // 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed scales, d: f16.
    private void sixBit(long at, short[] codes, int to, float[] d, float[] m, int block) {
        float scale = Float.float16ToFloat(data.get(BlockRows.F16, at + 208));
        for (int i = 0; i < 16; i++) {
            d[block + i] = scale * data.get(JAVA_BYTE, at + 192 + i);
            m[block + i] = 0f;
        }
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int first = unsigned(at + half * 64L + i);
                int second = unsigned(at + half * 64L + 32 + i);
                int high = unsigned(at + 128 + half * 32L + i);
                int out = to + half * 128 + i;
                codes[out] = (short) ((first & 15 | (high & 3) << 4) - 32);
                codes[out + 32] = (short) ((second & 15 | (high >> 2 & 3) << 4) - 32);
                codes[out + 64] = (short) ((first >> 4 | (high >> 4 & 3) << 4) - 32);
                codes[out + 96] = (short) ((second >> 4 | (high >> 6 & 3) << 4) - 32);
            }
        }
    }

    private int unsigned(long at) {
        return data.get(JAVA_BYTE, at) & 0xFF;
    }

    @Override
    public int scaleBlock() {
        return type == TensorType.Q6_K ? 16 : 32;
    }

    @Override
    public int codeBits() {
        return type == TensorType.Q4_K ? 4 : 8;
    }

    @Override
    public boolean hasMinimum() {
        return type != TensorType.Q6_K;
    }
}
