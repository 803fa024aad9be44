package io.theseus.engine.closeness;

import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.gguf.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the stored bytes of a tensor mean as float32, one row at a time, written for reading: every formula stands where it is
 * used and nothing is shared with the engine.
 *
 * <p>Source: ggml's block layouts (ggml-common.h) and {@code dequantize_row_*} (ggml-quants.c).
 */
final class Dequantisation {
    private Dequantisation() {}

    /** Row {@code row} of a tensor whose bytes are {@code data} (little-endian), as float32 of length {@code dimension(0)}. */
    static float[] row(ByteBuffer data, TensorInfo tensor, int row) {
        TensorType type = tensor.type();
        int columns = (int) tensor.dimension(0);
        int blocks = columns / type.blockSize();
        byte[] bytes = new byte[blocks * type.blockBytes()];
        data.get(row * bytes.length, bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] out = new float[columns];
        for (int b = 0; b < blocks; b++) {
            block(in, b * type.blockBytes(), type, out, b * type.blockSize());
        }
        return out;
    }

    private static void block(ByteBuffer in, int at, TensorType type, float[] out, int to) {
        switch (type) {
            case F32 -> out[to] = in.getFloat(at);
            case F16 -> out[to] = half(in, at);
            case BF16 -> out[to] = Float.intBitsToFloat(in.getShort(at) << 16);
            case Q8_0 -> {
                float d = half(in, at);
                for (int j = 0; j < 32; j++) {
                    out[to + j] = d * in.get(at + 2 + j);
                }
            }
            case Q4_0 -> {
                float d = half(in, at);
                for (int j = 0; j < 32; j++) {
                    out[to + j] = d * (nibble(in, at + 2, j) - 8);
                }
            }
            case Q4_1 -> {
                float d = half(in, at);
                float m = half(in, at + 2);
                for (int j = 0; j < 32; j++) {
                    out[to + j] = d * nibble(in, at + 4, j) + m;
                }
            }
            case Q5_0 -> {
                for (int j = 0; j < 32; j++) {
                    int fifth = in.getInt(at + 2) >>> j & 1;
                    out[to + j] = half(in, at) * ((nibble(in, at + 6, j) | fifth << 4) - 16);
                }
            }
            case Q5_1 -> {
                for (int j = 0; j < 32; j++) {
                    int fifth = in.getInt(at + 4) >>> j & 1;
                    out[to + j] = half(in, at) * (nibble(in, at + 8, j) | fifth << 4) + half(in, at + 2);
                }
            }
            case Q4_K -> {
                for (int j = 0; j < 256; j++) {
                    out[to + j] = scaleAndMinimum(
                            in, at, j, (in.get(at + 16 + j / 64 * 32 + j % 32) >> j % 64 / 32 * 4) & 15);
                }
            }
            case Q5_K -> {
                for (int j = 0; j < 256; j++) {
                    int low = in.get(at + 48 + j / 64 * 32 + j % 32) >> j % 64 / 32 * 4 & 15;
                    int fifth = in.get(at + 16 + j % 32) >> j / 32 & 1;
                    out[to + j] = scaleAndMinimum(in, at, j, low | fifth << 4);
                }
            }
            case Q6_K -> {
                for (int j = 0; j < 256; j++) {
                    // Each half of 128 values has 64 bytes of low nibbles and 32 bytes of high bit pairs.
                    int half = j / 128;
                    int k = j % 128;
                    int low = in.get(at + half * 64 + k % 64) >> k / 64 * 4 & 15;
                    int high = in.get(at + 128 + half * 32 + k % 32) >> k / 32 * 2 & 3;
                    float scale = half(in, at + 208) * in.get(at + 192 + j / 16);
                    out[to + j] = scale * ((low | high << 4) - 32);
                }
            }
            case Q8_1, Q2_K, Q3_K, Q8_K, IQ4_NL, IQ4_XS, I8, I16, I32, I64, F64 ->
                throw new UnsupportedOperationException("the oracle does not read " + type);
        }
    }

    /** Code 0..15 of value {@code j} of 32: the first 16 in the low halves of the bytes, the others in the high ones. */
    private static int nibble(ByteBuffer in, int at, int j) {
        return in.get(at + j % 16) >> j / 16 * 4 & 15;
    }

    /** Q4_K and Q5_K: {@code d * scale * code - dmin * minimum}, with 6-bit scales and minimums per 32 values. */
    private static float scaleAndMinimum(ByteBuffer in, int at, int j, int code) {
        int s = j / 32;
        int scales = at + 4;
        int scale;
        int minimum;
        if (s < 4) {
            scale = in.get(scales + s) & 63;
            minimum = in.get(scales + s + 4) & 63;
        } else {
            scale = in.get(scales + s + 4) & 15 | (in.get(scales + s - 4) & 0xC0) >> 2;
            minimum = (in.get(scales + s + 4) & 0xF0) >> 4 | (in.get(scales + s) & 0xC0) >> 2;
        }
        return half(in, at) * scale * code - half(in, at + 2) * minimum;
    }

    private static float half(ByteBuffer in, int at) {
        return Float.float16ToFloat(in.getShort(at));
    }
}
