package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.gguf.TensorInfo;

/**
 * The numbers of one model.
 *
 * @param layers transformer layers
 * @param hidden width of the residual
 * @param feedForward width inside the feed-forward part
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim channels per head
 * @param vocabulary number of tokens
 * @param context tokens the model was made for
 * @param normEpsilon added to the mean square in RMSNorm
 * @param rotary frequencies of the rotary embedding
 */
public record ModelConfig(
        Architecture architecture,
        int layers,
        int hidden,
        int feedForward,
        int heads,
        int kvHeads,
        int headDim,
        int vocabulary,
        int context,
        float normEpsilon,
        RotaryConfig rotary) {
    private static final int MAX_DIMENSION = 1 << 20;

    /**
     * Reads and checks the metadata of {@code file}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} or {@link ErrorCode#MODEL_INVALID}
     */
    public static ModelConfig of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        Architecture architecture = Architecture.of(metadata);
        String p = architecture.id() + ".";
        int hidden = metadata.requireInt(p + "embedding_length", 32, MAX_DIMENSION);
        int heads = metadata.requireInt(p + "attention.head_count", 1, 4096);
        int kvHeads = metadata.has(p + "attention.head_count_kv")
                ? metadata.requireInt(p + "attention.head_count_kv", 1, heads)
                : heads;
        int headDim = metadata.has(p + "attention.key_length")
                ? metadata.requireInt(p + "attention.key_length", 2, 4096)
                : hidden / heads;
        int valueDim = metadata.has(p + "attention.value_length")
                ? metadata.requireInt(p + "attention.value_length", 2, 4096)
                : headDim;
        TensorInfo embedding = file.tensor("token_embd.weight")
                .orElseThrow(() -> new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "tensor token_embd.weight is missing; the file holds a vocabulary only, or is incomplete"));
        if (heads % kvHeads != 0 || valueDim != headDim || headDim % 2 != 0) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    heads + " heads of " + headDim + " over " + kvHeads + " kv heads of " + valueDim
                            + " channels: this engine needs whole groups and equal, even head sizes");
        }
        return new ModelConfig(
                architecture,
                metadata.requireInt(p + "block_count", 1, 1024),
                hidden,
                metadata.requireInt(p + "feed_forward_length", 32, MAX_DIMENSION * 4),
                heads,
                kvHeads,
                headDim,
                (int) Math.min(embedding.dimension(1), Integer.MAX_VALUE),
                metadata.requireInt(p + "context_length", 1, Integer.MAX_VALUE),
                (float) metadata.real(p + "attention.layer_norm_rms_epsilon").orElse(1e-5),
                RotaryConfig.of(file, p, headDim));
    }

    /** Width of all query heads. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all kv heads. */
    public int kvWidth() {
        return kvHeads * headDim;
    }
}
