package io.theseus.engine.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of one layer, on slices that a caller hands to its threads. Implementations hold no state: {@link ScalarKernels} is
 * the readable definition; {@link VectorKernels} and {@link NativeKernels} have the same bits and are many times faster. Rules are
 * those of docs/numerics.md.
 */
public interface Kernels {
    /** Row unit of {@link #linear}: slices start and end at its multiples. */
    int ROW_UNIT = PackedMatrix.ROW_ALIGNMENT;

    /** The layout that {@link #quantize} writes and {@link #linear} reads. */
    default Activations.Form form() {
        return Activations.Form.TILES;
    }

    /**
     * Rule 2: {@code v[offset .. offset + to.columns())} becomes token {@code token} of {@code to}.
     *
     * @throws NonFiniteValueException if a value is NaN or infinite
     */
    void quantize(float[] v, int offset, Activations to, int token);

    /**
     * Rule 3 for the rows {@code from .. to-1} (multiples of {@link #ROW_UNIT}, or the padded end) and all tokens of {@code x}.
     *
     * @param y y[yOffset + token * yStride + row]; padding rows are not written
     */
    void linear(PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch);

    /**
     * Rule 5: {@code to[toOffset + i] = norm(x)[i] * weight[i]} over n values; may be in place.
     *
     * @throws NonFiniteValueException if a value is NaN or infinite
     */
    void rmsNorm(float[] x, int offset, int n, float[] weight, float eps, float[] to, int toOffset);

    /** {@code x[i] += y[i]}, f32. */
    void add(float[] x, int offset, float[] y, int yOffset, int n);

    /** {@code x[i] = wire(x[i] + y[i])} (rule 4). */
    void addWire(float[] x, int offset, float[] y, int yOffset, int n);

    /**
     * Rule 15: {@code to[toOffset + i] = layerNorm(x)[i] * weight[i] + bias[i]} over n values; may be in place.
     *
     * @throws NonFiniteValueException if a value is NaN or infinite
     */
    default void layerNorm(
            float[] x, int offset, int n, float[] weight, float[] bias, float eps, float[] to, int toOffset) {
        EncoderMath.layerNorm(x, offset, n, weight, bias, eps, to, toOffset);
    }

    /** {@code x[i] = gelu(x[i])} (rule 14). */
    default void gelu(float[] x, int offset, int n) {
        EncoderMath.gelu(x, offset, n);
    }

    /** {@code g[i] = silu(g[i]) * u[i]} (rule 4). */
    void gate(float[] g, int gOffset, float[] u, int uOffset, int n);

    /**
     * Rules 5 to 7 for {@code heads} neighbouring heads of {@code d} channels from {@code v[offset]} on, in place: normalised if
     * {@code norm} is given, rotated, transformed.
     *
     * @param norm (d), or null
     * @throws NonFiniteValueException if a value is NaN or infinite and {@code norm} is given
     */
    default void rotate(float[] v, int offset, int heads, int d, float @Nullable [] norm, float eps, RotaryRow row) {
        for (int at = offset; at < offset + heads * d; at += d) {
            if (norm != null) {
                rmsNorm(v, at, d, norm, eps, v, at);
            }
            row.rotate(v, at);
            Hadamard.transform(v, at, d);
        }
    }

    /**
     * Rule 8 for all kv heads of a layer: their keys and values, from {@code offset} on, into position {@code position} of
     * {@code block}.
     *
     * @throws NonFiniteValueException if a value is NaN or infinite
     */
    default void store(KvBlock block, int layer, int position, float[] keys, float[] values, int offset) {
        int d = block.shape().headDim();
        for (int head = 0; head < block.shape().kvHeads(); head++) {
            block.store(layer, head, position, keys, offset + head * d, values, offset + head * d);
        }
    }

    /** Rule 9 for all query heads of one kv head and some tokens of one sequence. */
    void attention(AttentionTask task, Scratch scratch);
}
