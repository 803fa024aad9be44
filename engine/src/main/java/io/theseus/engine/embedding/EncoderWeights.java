package io.theseus.engine.embedding;

import io.theseus.engine.model.WeightReader;
import io.theseus.engine.tensor.PackedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All weights of an encoder as the arithmetic uses them. Immutable.
 *
 * @param tokens (vocabulary, hidden)
 * @param positions (context, hidden)
 * @param type (hidden): the embedding of token type 0, the only one a single text has
 */
record EncoderWeights(
        PackedMatrix tokens, float[] positions, float[] type, Norm embeddingNorm, List<EncoderLayer> layers) {
    /** Rows of BERT's table of token types: the first and the second text of a pair. */
    private static final int TYPES = 2;

    /** Tensors of published files that no embedding needs: a table 0, 1, 2 ..., and a head that was trained for something else. */
    private static final List<String> UNUSED =
            List.of("embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias");

    /**
     * Packs every tensor that {@code reader} has.
     *
     * @throws io.theseus.core.TheseusException as the reader's methods
     */
    static EncoderWeights read(WeightReader reader, EncoderConfig c) {
        PackedMatrix tokens = reader.matrix("token_embd.weight", c.vocabulary(), c.hidden());
        float[] positions = reader.floats("position_embd.weight", c.context(), c.hidden());
        float[] type = Arrays.copyOf(reader.floats("token_types.weight", TYPES, c.hidden()), c.hidden());
        Norm norm = Norm.read(reader, "token_embd_norm", c.hidden());
        List<EncoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < c.layers(); i++) {
            String p = "blk." + i + ".";
            layers.add(new EncoderLayer(
                    reader.linear(p + "attn_q", c.hidden(), c.hidden()),
                    reader.linear(p + "attn_k", c.hidden(), c.hidden()),
                    reader.linear(p + "attn_v", c.hidden(), c.hidden()),
                    reader.linear(p + "attn_output", c.hidden(), c.hidden()),
                    Norm.read(reader, p + "attn_output_norm", c.hidden()),
                    reader.linear(p + "ffn_up", c.feedForward(), c.hidden()),
                    reader.linear(p + "ffn_down", c.hidden(), c.feedForward()),
                    Norm.read(reader, p + "layer_output_norm", c.hidden())));
        }
        UNUSED.forEach(reader::skip);
        reader.refuseUnread("bert");
        return new EncoderWeights(tokens, positions, type, norm, List.copyOf(layers));
    }
}
