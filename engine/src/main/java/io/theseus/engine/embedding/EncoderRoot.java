package io.theseus.engine.embedding;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.Linear;
import io.theseus.engine.tensor.PackedMatrix;
import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name of an encoder's function: a hash of everything that decides the bits of an embedding. */
final class EncoderRoot {
    /*
     * SHA-256 over, in this order, big-endian, texts and arrays with their length (uint32) before them: "theseus/encoder/1", the seven
     * numbers of the configuration, the most tokens of a text, every token's bytes, then the embeddings of tokens, positions and type,
     * their norm, and the layers in order. Matrices as rows, columns, and row by row q (int8), kw, km (int16), Sw (f32); vectors as
     * f32; an absent vector as length 2^32 - 1.
     */
    private static final String DOMAIN = "theseus/encoder/1";

    private final MessageDigest digest;

    private EncoderRoot(MessageDigest digest) {
        this.digest = digest;
    }

    static byte[] of(EncoderConfig c, EncoderWeights weights, Tokenizer tokenizer) {
        try {
            EncoderRoot root = new EncoderRoot(MessageDigest.getInstance("SHA-256"));
            root.all(c, weights, tokenizer);
            return root.digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new TheseusException(ErrorCode.INTERNAL, "this Java has no SHA-256", e);
        }
    }

    private void all(EncoderConfig c, EncoderWeights weights, Tokenizer tokenizer) {
        bytes(DOMAIN.getBytes(StandardCharsets.UTF_8));
        for (int n : List.of(c.layers(), c.hidden(), c.feedForward(), c.heads(), c.vocabulary(), c.context())) {
            integer(n);
        }
        integer(Float.floatToIntBits(c.normEpsilon()));
        integer(TextEmbedder.MAX_TOKENS);
        integer(tokenizer.size());
        for (int id = 0; id < tokenizer.size(); id++) {
            bytes(tokenizer.bytes(id));
        }
        matrix(weights.tokens());
        vector(weights.positions());
        vector(weights.type());
        norm(weights.embeddingNorm());
        for (EncoderLayer layer : weights.layers()) {
            for (Linear linear : List.of(layer.query(), layer.key(), layer.value(), layer.output())) {
                linear(linear);
            }
            norm(layer.attentionNorm());
            linear(layer.up());
            linear(layer.down());
            norm(layer.outputNorm());
        }
    }

    private void norm(Norm norm) {
        vector(norm.weight());
        vector(norm.bias());
    }

    private void linear(Linear linear) {
        matrix(linear.weight());
        vector(linear.bias());
    }

    private void matrix(PackedMatrix matrix) {
        integer(matrix.rows());
        integer(matrix.columns());
        matrix.hashInto(digest);
    }

    private void vector(float @Nullable [] values) {
        if (values == null) {
            integer(-1);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length + 4).putInt(values.length);
        for (float value : values) {
            bytes.putInt(Float.floatToRawIntBits(value));
        }
        digest.update(bytes.array());
    }

    private void bytes(byte[] bytes) {
        integer(bytes.length);
        digest.update(bytes);
    }

    private void integer(int n) {
        digest.update(ByteBuffer.allocate(4).putInt(n).array());
    }
}
