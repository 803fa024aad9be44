package io.theseus.engine.embedding;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;

/**
 * The numbers of an encoder.
 *
 * @param layers transformer layers
 * @param hidden width of the residual and of an embedding
 * @param feedForward width inside the feed-forward part
 * @param heads attention heads; divides {@code hidden}
 * @param vocabulary number of tokens
 * @param context tokens of the longest text
 * @param normEpsilon added to the variance in layer norms
 */
record EncoderConfig(
        int layers, int hidden, int feedForward, int heads, int vocabulary, int context, float normEpsilon) {
    /** Layer norms sum exactly up to this width. */
    private static final int MAX_WIDTH = 8192;

    private static final int MAX_LAYERS = 256;
    private static final int MAX_CONTEXT = 8192;

    EncoderConfig {
        within("layers", layers, 1, MAX_LAYERS);
        within("width", hidden, 32, MAX_WIDTH);
        within("feed-forward width", feedForward, 32, 1 << 16);
        within("heads", heads, 1, hidden);
        within("vocabulary", vocabulary, 4, 1 << 21);
        within("context", context, 4, MAX_CONTEXT);
        if (hidden % 32 != 0 || feedForward % 32 != 0 || hidden % heads != 0 || hidden / heads % 8 != 0) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "an encoder of width " + hidden + ", " + feedForward + " inside, with " + heads
                            + " heads; widths must be multiples of 32, and a head's of 8");
        }
        if (!(normEpsilon >= 0 && normEpsilon < 1)) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID, "layer_norm_epsilon is " + normEpsilon + ", expected 0 to 1");
        }
    }

    /** Channels of a head. */
    int headDim() {
        return hidden / heads;
    }

    /**
     * Reads the metadata of a GGUF file.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} for another architecture or way of pooling, {@link
     *     ErrorCode#MODEL_INVALID} for numbers that are missing or make no sense
     */
    static EncoderConfig of(GgufMetadata metadata, int vocabulary) {
        String architecture = metadata.requireString("general.architecture");
        if (!architecture.equals("bert")) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "architecture \"" + architecture + "\" makes no embeddings here; this version reads bert");
        }
        long pooling = metadata.integer("bert.pooling_type").orElse(-1);
        if (pooling != 1) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "metadata bert.pooling_type is " + pooling + "; this version pools by the mean, which is 1");
        }
        if (metadata.bool("bert.attention.causal").orElse(false)) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "metadata bert.attention.causal is true; an encoder sees its whole text");
        }
        return new EncoderConfig(
                metadata.requireInt("bert.block_count", 1, MAX_LAYERS),
                metadata.requireInt("bert.embedding_length", 32, MAX_WIDTH),
                metadata.requireInt("bert.feed_forward_length", 32, 1 << 16),
                metadata.requireInt("bert.attention.head_count", 1, MAX_WIDTH),
                vocabulary,
                metadata.requireInt("bert.context_length", 4, MAX_CONTEXT),
                (float) metadata.real("bert.attention.layer_norm_epsilon").orElse(1e-12));
    }

    private static void within(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "an encoder's " + what + " is " + value + "; this version takes " + min + " to " + max);
        }
    }
}
