package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.tensor.PackedMatrix;
import io.theseus.engine.tensor.WorkerPool;
import java.util.ArrayList;
import java.util.List;

/**
 * All weights of a model as the arithmetic uses them. Immutable.
 *
 * @param embedding (vocabulary, hidden)
 * @param outputNorm (hidden)
 * @param head (vocabulary, hidden); the embedding itself where the file ties them
 */
record ModelWeights(PackedMatrix embedding, List<LayerWeights> layers, float[] outputNorm, Linear head) {
    /**
     * Packs every tensor of {@code file}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} for a missing tensor or a wrong shape, {@link
     *     ErrorCode#MODEL_UNSUPPORTED} for a type, or a tensor that this architecture has no use for: ignoring it would compute
     *     something else than the model
     */
    static ModelWeights load(GgufFile file, ModelConfig config, WorkerPool pool) {
        return new Loader(new WeightReader(file, pool)).load(config);
    }

    private record Loader(WeightReader reader) {
        ModelWeights load(ModelConfig c) {
            reader.skip("rope_freqs.weight");
            PackedMatrix embedding = reader.matrix("token_embd.weight", c.vocabulary(), c.hidden());
            List<LayerWeights> layers = new ArrayList<>();
            for (int i = 0; i < c.layers(); i++) {
                layers.add(layer("blk." + i + ".", c));
            }
            float[] outputNorm = reader.vector("output_norm.weight", c.hidden());
            Linear head = reader.has("output.weight")
                    ? reader.linear("output", c.vocabulary(), c.hidden())
                    : new Linear(embedding, null);
            reader.refuseUnread(c.architecture().id());
            return new ModelWeights(embedding, List.copyOf(layers), outputNorm, head);
        }

        private LayerWeights layer(String p, ModelConfig c) {
            boolean headNorm = c.architecture().headNorm();
            return new LayerWeights(
                    reader.vector(p + "attn_norm.weight", c.hidden()),
                    reader.linear(p + "attn_q", c.queryWidth(), c.hidden()),
                    reader.linear(p + "attn_k", c.kvWidth(), c.hidden()),
                    reader.linear(p + "attn_v", c.kvWidth(), c.hidden()),
                    headNorm ? reader.vector(p + "attn_q_norm.weight", c.headDim()) : null,
                    headNorm ? reader.vector(p + "attn_k_norm.weight", c.headDim()) : null,
                    reader.linear(p + "attn_output", c.hidden(), c.queryWidth()),
                    reader.vector(p + "ffn_norm.weight", c.hidden()),
                    reader.linear(p + "ffn_gate", c.feedForward(), c.hidden()),
                    reader.linear(p + "ffn_up", c.feedForward(), c.hidden()),
                    reader.linear(p + "ffn_down", c.hidden(), c.feedForward()));
        }
    }
}
