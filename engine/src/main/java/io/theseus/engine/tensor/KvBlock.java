package io.theseus.engine.tensor;

/**
 * K and V of {@link #TOKENS} consecutive positions, for all layers and kv heads, in int8 with one bf16 scale per token and head (rule
 * 8). K lies transposed, so that one vector holds the same channel of neighbouring positions.
 */
public final class KvBlock {
    /** Positions per block. */
    public static final int TOKENS = 64;

    /** The smallest vector of bytes can be longer than what is needed of it; loads at the end must stay inside. */
    private static final int VECTOR_SLACK = 8;

    private static final float RANGE = 127f;

    private final Shape shape;
    private final byte[] k; // [layer][kv head][channel][position]
    private final byte[] v; // [layer][kv head][position][channel, padded]
    private final float[] kScale; // [layer][kv head][position]
    private final float[] vScale; // [layer][kv head][position]

    /** What a block must hold. */
    public record Shape(int layers, int kvHeads, int headDim) {
        /** Channels of a position's V with padding to two vectors of the widest machine. */
        int vStride() {
            return (headDim + PackedMatrix.ROW_ALIGNMENT - 1) / PackedMatrix.ROW_ALIGNMENT * PackedMatrix.ROW_ALIGNMENT;
        }

        /** Heap bytes of one block. */
        public long bytes() {
            return (long) layers * kvHeads * TOKENS * (headDim + vStride() + 8);
        }

        /** Canonical bytes of one position: K and V, d int8 and a bf16 scale each, for all layers and kv heads. */
        public int canonicalBytes() {
            return layers * kvHeads * 2 * (headDim + 2);
        }
    }

    public KvBlock(Shape shape) {
        this.shape = shape;
        int heads = shape.layers * shape.kvHeads;
        k = new byte[heads * shape.headDim * TOKENS + VECTOR_SLACK];
        v = new byte[heads * TOKENS * shape.vStride() + VECTOR_SLACK];
        kScale = new float[heads * TOKENS];
        vScale = new float[heads * TOKENS];
    }

    public Shape shape() {
        return shape;
    }

    /**
     * Stores K and V of one position (rule 8).
     *
     * @param position in the block
     * @param key (headDim) from {@code keyOffset}, rotated
     * @param value (headDim) from {@code valueOffset}
     * @throws NonFiniteValueException if a value is NaN or infinite
     */
    public void store(int layer, int kvHead, int position, float[] key, int keyOffset, float[] value, int valueOffset) {
        int head = layer * shape.kvHeads + kvHead;
        int d = shape.headDim;
        kScale[head * TOKENS + position] = quantize(key, keyOffset, k, head * d * TOKENS + position, TOKENS);
        vScale[head * TOKENS + position] =
                quantize(value, valueOffset, v, (head * TOKENS + position) * shape.vStride(), 1);
    }

    private float quantize(float[] from, int offset, byte[] to, int at, int stride) {
        int d = shape.headDim;
        float amax = 0f;
        for (int i = 0; i < d; i++) {
            amax = Math.max(amax, Math.abs(from[offset + i]));
        }
        if (!(amax <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        if (amax < Activations.TINY) {
            for (int i = 0; i < d; i++) {
                to[at + i * stride] = 0;
            }
            return 0f;
        }
        float scale = ExactMath.upToBf16(amax / RANGE);
        float inverse = 1f / scale;
        for (int i = 0; i < d; i++) {
            float q = (float) Math.rint(from[offset + i] * inverse);
            to[at + i * stride] = (byte) Math.clamp(q, -RANGE, RANGE);
        }
        return scale;
    }

    /** Copies the positions before {@code positions} of {@code other}. */
    public void copyFrom(KvBlock other, int positions) {
        int heads = shape.layers * shape.kvHeads;
        for (int row = 0; row < heads * shape.headDim; row++) {
            System.arraycopy(other.k, row * TOKENS, k, row * TOKENS, positions);
        }
        for (int head = 0; head < heads; head++) {
            int at = head * TOKENS;
            System.arraycopy(other.v, at * shape.vStride(), v, at * shape.vStride(), positions * shape.vStride());
            System.arraycopy(other.kScale, at, kScale, at, positions);
            System.arraycopy(other.vScale, at, vScale, at, positions);
        }
    }

    /**
     * Writes one position's state for all layers: per layer and kv head K, then V, each d int8 and the upper 16 bits of its scale,
     * little-endian (rules 8 and 12).
     *
     * @return the offset after the last byte written
     */
    public int export(int position, byte[] to, int offset) {
        int at = offset;
        for (int head = 0; head < shape.layers * shape.kvHeads; head++) {
            for (int c = 0; c < shape.headDim; c++) {
                to[at++] = k[(head * shape.headDim + c) * TOKENS + position];
            }
            at = exportScale(kScale[head * TOKENS + position], to, at);
            System.arraycopy(v, (head * TOKENS + position) * shape.vStride(), to, at, shape.headDim);
            at = exportScale(vScale[head * TOKENS + position], to, at + shape.headDim);
        }
        return at;
    }

    private static int exportScale(float scale, byte[] to, int at) {
        int bits = Float.floatToRawIntBits(scale) >>> 16;
        to[at] = (byte) bits;
        to[at + 1] = (byte) (bits >>> 8);
        return at + 2;
    }

    /**
     * The inverse of {@link #export}.
     *
     * @return the offset after the last byte read, or -1 if the bytes cannot come from an export (a scale that is negative or not
     *     finite, a code of -128)
     */
    public int restore(int position, byte[] from, int offset) {
        int at = offset;
        int d = shape.headDim;
        for (int head = 0; head < shape.layers * shape.kvHeads; head++) {
            for (int half = 0; half < 2; half++) {
                int bits = from[at + d] & 0xFF | (from[at + d + 1] & 0xFF) << 8;
                if (bits >= 0x7F80) {
                    return -1;
                }
                for (int c = 0; c < d; c++) {
                    if (from[at + c] == Byte.MIN_VALUE) {
                        return -1;
                    }
                }
                float scale = Float.intBitsToFloat(bits << 16);
                if (half == 0) {
                    for (int c = 0; c < d; c++) {
                        k[(head * d + c) * TOKENS + position] = from[at + c];
                    }
                    kScale[head * TOKENS + position] = scale;
                } else {
                    System.arraycopy(from, at, v, (head * TOKENS + position) * shape.vStride(), d);
                    vScale[head * TOKENS + position] = scale;
                }
                at += d + 2;
            }
        }
        return at;
    }

    byte[] k() {
        return k;
    }

    byte[] v() {
        return v;
    }

    float[] kScale() {
        return kScale;
    }

    float[] vScale() {
        return vScale;
    }

    /** Where K of (layer, kv head), channel 0, position 0 lies. */
    int kIndex(int layer, int kvHead) {
        return (layer * shape.kvHeads + kvHead) * shape.headDim * TOKENS;
    }

    /** Where V of (layer, kv head), position 0, channel 0 lies. */
    int vIndex(int layer, int kvHead) {
        return (layer * shape.kvHeads + kvHead) * TOKENS * shape.vStride();
    }

    /** Where the scales of (layer, kv head), position 0 lie. */
    int scaleIndex(int layer, int kvHead) {
        return (layer * shape.kvHeads + kvHead) * TOKENS;
    }
}
