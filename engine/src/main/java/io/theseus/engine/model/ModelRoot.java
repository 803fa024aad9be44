package io.theseus.engine.model;

import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.tensor.PackedMatrix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The name of a model's function: a hash of everything that decides its bits (docs/numerics.md, rule 12). Two files that differ in
 * padding, order or comments have the same root; one weight or token that differs changes it.
 */
final class ModelRoot {
    /*
     * SHA-256 over, in this order, big-endian, strings and arrays with their length (uint32) before them:
     * "theseus/model/1", the numbers of the configuration, rotary frequencies (f64) and magnitude, every tokenizer.ggml.* entry by key,
     * then embedding, layers in order, output norm and head: matrices as rows, columns, and row by row q (int8), kw, km (int16), Sw
     * (f32); vectors as f32; an absent vector as length 2^32 - 1.
     */
    private static final String DOMAIN = "theseus/model/1";

    private final MessageDigest digest = KvState.sha256();

    private ModelRoot() {}

    static byte[] of(ModelConfig config, ModelWeights weights, GgufMetadata metadata) {
        ModelRoot root = new ModelRoot();
        root.text(DOMAIN);
        root.config(config);
        root.tokenizer(metadata);
        root.matrix(weights.embedding());
        for (LayerWeights layer : weights.layers()) {
            root.vector(layer.attentionNorm());
            root.linear(layer.query());
            root.linear(layer.key());
            root.linear(layer.value());
            root.vector(layer.queryNorm());
            root.vector(layer.keyNorm());
            root.linear(layer.output());
            root.vector(layer.feedForwardNorm());
            root.linear(layer.gate());
            root.linear(layer.up());
            root.linear(layer.down());
        }
        root.vector(weights.outputNorm());
        root.linear(weights.head());
        return root.digest.digest();
    }

    private void config(ModelConfig c) {
        text(c.architecture().id());
        for (int n :
                List.of(c.layers(), c.hidden(), c.feedForward(), c.heads(), c.kvHeads(), c.headDim(), c.vocabulary())) {
            integer(n);
        }
        integer(Float.floatToIntBits(c.normEpsilon()));
        integer(c.rotary().frequencies().length);
        for (double frequency : c.rotary().frequencies()) {
            digest.update(ByteBuffer.allocate(8).putDouble(frequency).array());
        }
        integer(Float.floatToIntBits(c.rotary().magnitude()));
    }

    private void tokenizer(GgufMetadata metadata) {
        TreeMap<String, Object> entries = new TreeMap<>(metadata.entries());
        entries.keySet().removeIf(key -> !key.startsWith("tokenizer.ggml."));
        integer(entries.size());
        entries.forEach((key, value) -> {
            text(key);
            value(value);
        });
    }

    private void value(Object value) {
        switch (value) {
            case String[] strings -> {
                integer(strings.length);
                for (String string : strings) {
                    text(string);
                }
            }
            case float[] numbers -> vector(numbers);
            case long[] numbers -> text(Arrays.toString(numbers));
            case double[] numbers -> text(Arrays.toString(numbers));
            case boolean[] flags -> text(Arrays.toString(flags));
            case List<?> nested -> {
                integer(nested.size());
                nested.forEach(this::value);
            }
            default -> text(value.toString());
        }
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

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        integer(bytes.length);
        digest.update(bytes);
    }

    private void integer(int n) {
        digest.update(ByteBuffer.allocate(4).putInt(n).array());
    }
}
