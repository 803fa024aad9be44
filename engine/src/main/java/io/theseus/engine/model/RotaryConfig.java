package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The rotary embedding of a model: one angular frequency per pair of channels (rule 6), after scaling for long contexts.
 *
 * @param frequencies (dimensions / 2), radians per position
 * @param magnitude factor on cosines and sines: 1, or YaRN's attention factor
 */
public record RotaryConfig(double[] frequencies, float magnitude) {
    private static final double YARN_BETA_FAST = 32;
    private static final double YARN_BETA_SLOW = 1;

    /** Channels of a head that are rotated. */
    public int dimensions() {
        return frequencies.length * 2;
    }

    static RotaryConfig of(GgufFile file, String prefix, int headDim) {
        GgufMetadata metadata = file.metadata();
        int dimensions = metadata.has(prefix + "rope.dimension_count")
                ? metadata.requireInt(prefix + "rope.dimension_count", 2, headDim)
                : headDim;
        float theta = (float) metadata.real(prefix + "rope.freq_base").orElse(10000);
        if (!(theta >= 1 && theta <= 1e15) || dimensions % 2 != 0) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    "rotary base " + theta + " over " + dimensions
                            + " channels; expected 1 to 1e15 and an even number");
        }
        double[] frequencies = RotaryFrequencies.exact(theta, dimensions);
        String type = metadata.string(prefix + "rope.scaling.type").orElse("none");
        double factor = metadata.real(prefix + "rope.scaling.factor").orElse(1);
        if (!(factor >= 1 && factor <= 1e6)) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID, "rope.scaling.factor is " + factor + ", expected 1 to 1e6");
        }
        float magnitude =
                (float) metadata.real(prefix + "rope.scaling.attn_factor").orElse(1);
        switch (type) {
            case "none" -> {}
            case "linear" -> {
                for (int i = 0; i < frequencies.length; i++) {
                    frequencies[i] /= factor;
                }
            }
            case "yarn" -> {
                double original =
                        metadata.requireInt(prefix + "rope.scaling.original_context_length", 1, Integer.MAX_VALUE);
                yarn(frequencies, theta, factor, original);
                magnitude *= (float) (1 + 0.1 * StrictMath.log(factor));
            }
            default ->
                throw new TheseusException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "rope scaling " + type
                                + " is not supported; supported are linear, yarn and llama3 (by rope_freqs)");
        }
        file.tensor("rope_freqs.weight").ifPresent(tensor -> divide(frequencies, file, tensor));
        return new RotaryConfig(frequencies, magnitude);
    }

    /** Llama 3's scaling: the file carries one divisor per pair. */
    private static void divide(double[] frequencies, GgufFile file, TensorInfo tensor) {
        if (tensor.type() != TensorType.F32 || tensor.elements() != frequencies.length) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    "rope_freqs.weight is " + tensor.elements() + " " + tensor.type() + ", expected "
                            + frequencies.length + " F32");
        }
        var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < frequencies.length; i++) {
            float factor = file.data(tensor).get(layout, 4L * i);
            if (!(factor > 0 && factor <= Float.MAX_VALUE)) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "rope_freqs.weight[" + i + "] is " + factor + ", expected a positive number");
            }
            frequencies[i] /= (double) factor;
        }
    }

    // Fast pairs keep their frequency, slow ones are stretched by the factor, with a ramp between.
    // Source: Peng et al., YaRN, arXiv:2309.00071, section 3.2; bounds rounded as transformers does.
    private static void yarn(double[] frequencies, double theta, double factor, double original) {
        int dimensions = frequencies.length * 2;
        double low = Math.max(0, Math.floor(pairOfRotations(YARN_BETA_FAST, dimensions, theta, original)));
        double high = Math.min(dimensions - 1, Math.ceil(pairOfRotations(YARN_BETA_SLOW, dimensions, theta, original)));
        double width = Math.max(0.001, high - low);
        for (int i = 0; i < frequencies.length; i++) {
            double ramp = 1 - Math.clamp((i - low) / width, 0.0, 1.0);
            frequencies[i] = frequencies[i] / factor * (1 - ramp) + frequencies[i] * ramp;
        }
    }

    /** The (fractional) pair that turns {@code rotations} times within the original context. */
    private static double pairOfRotations(double rotations, int dimensions, double theta, double original) {
        return dimensions * StrictMath.log(original / (rotations * 2 * Math.PI)) / (2 * StrictMath.log(theta));
    }
}
