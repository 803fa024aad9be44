package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Rows stored as floats (F32, F16, BF16), rounded here to 8-bit codes with one scale per 32 columns. */
record FloatRows(TensorType type, MemorySegment data, int columns) implements SourceRows {
    @Override
    public void read(int row, int[] words, float[] d, float[] m) {
        float[] block = new float[32];
        for (int b = 0; b < columns / 32; b++) {
            float amax = 0f;
            for (int j = 0; j < 32; j++) {
                float v = value(data, type, (long) row * columns + b * 32L + j);
                if (!(Math.abs(v) <= Float.MAX_VALUE)) {
                    throw new NonFiniteValueException();
                }
                block[j] = v;
                amax = Math.max(amax, Math.abs(v));
            }
            m[b] = 0f;
            if (amax < Activations.TINY) {
                d[b] = 0f;
                Arrays.fill(words, b * 8, b * 8 + 8, 0x80808080);
                continue;
            }
            float scale = amax / 127f;
            float inverse = 1f / scale;
            d[b] = scale;
            for (int w = 0; w < 8; w++) {
                int word = 0;
                for (int k = 0; k < 4; k++) {
                    float q = (float) Math.rint(block[w * 4 + k] * inverse);
                    word |= (int) Math.clamp(q, -127f, 127f) + 128 << 8 * k;
                }
                words[b * 8 + w] = word;
            }
        }
    }

    /** The {@code i}-th value of a float tensor, exactly. */
    static float value(MemorySegment data, TensorType type, long i) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat(data.get(BlockRows.INT32, i * 4));
            case F16 -> Float.float16ToFloat(data.get(BlockRows.F16, i * 2));
            case BF16 -> Float.intBitsToFloat(data.get(BlockRows.F16, i * 2) << 16);
            default -> throw new IllegalStateException(type.name());
        };
    }

    @Override
    public int scaleBlock() {
        return 32;
    }

    @Override
    public int codeBits() {
        return 8;
    }

    @Override
    public boolean hasMinimum() {
        return false;
    }
}
