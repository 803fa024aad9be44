package io.theseus.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random encoder of two layers, written as its authors would and as a converter would. */
public final class TinyEncoder {
    public static final int HIDDEN = 64;
    public static final int INSIDE = 96;
    public static final int CONTEXT = 24;
    public static final List<String> VOCABULARY = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sat", "##s", "##ting", ".", "a");

    /** Shape as (rows, columns) or (columns), and the values. */
    private record Tensor(String gguf, String stored, int[] shape, float[] values) {}

    private final List<Tensor> tensors = new ArrayList<>();
    private final Random random = new Random(7);

    /** The same weights each time. */
    public TinyEncoder() {
        add("token_embd.weight", "embeddings.word_embeddings.weight", VOCABULARY.size(), HIDDEN);
        add("position_embd.weight", "embeddings.position_embeddings.weight", CONTEXT, HIDDEN);
        add("token_types.weight", "embeddings.token_type_embeddings.weight", 2, HIDDEN);
        pair("token_embd_norm", "embeddings.LayerNorm", HIDDEN);
        for (int i = 0; i < 2; i++) {
            String g = "blk." + i + ".";
            String s = "encoder.layer." + i + ".";
            pair(g + "attn_q", s + "attention.self.query", HIDDEN, HIDDEN);
            pair(g + "attn_k", s + "attention.self.key", HIDDEN, HIDDEN);
            pair(g + "attn_v", s + "attention.self.value", HIDDEN, HIDDEN);
            pair(g + "attn_output", s + "attention.output.dense", HIDDEN, HIDDEN);
            pair(g + "attn_output_norm", s + "attention.output.LayerNorm", HIDDEN);
            pair(g + "ffn_up", s + "intermediate.dense", INSIDE, HIDDEN);
            pair(g + "ffn_down", s + "output.dense", HIDDEN, INSIDE);
            pair(g + "layer_output_norm", s + "output.LayerNorm", HIDDEN);
        }
    }

    private void pair(String gguf, String stored, int... shape) {
        add(gguf + ".weight", stored + ".weight", shape);
        add(gguf + ".bias", stored + ".bias", shape[0]);
    }

    private void add(String gguf, String stored, int... shape) {
        float[] values = new float[shape.length == 1 ? shape[0] : shape[0] * shape[1]];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.2f;
        }
        tensors.add(new Tensor(gguf, stored, shape, values));
    }

    /** Writes it as a converter would. */
    public Path gguf(Path file) throws IOException {
        List<String> tokens = VOCABULARY.stream()
                .map(t -> t.startsWith("[") ? t : t.startsWith("##") ? t.substring(2) : "\u2581" + t)
                .toList();
        GgufWriter writer = new GgufWriter()
                .string("general.architecture", "bert")
                .u32("bert.block_count", 2)
                .u32("bert.embedding_length", HIDDEN)
                .u32("bert.feed_forward_length", INSIDE)
                .u32("bert.attention.head_count", 2)
                .u32("bert.context_length", CONTEXT)
                .u32("bert.pooling_type", 1)
                .f32("bert.attention.layer_norm_epsilon", 1e-12f)
                .string("tokenizer.ggml.model", "bert")
                .strings("tokenizer.ggml.tokens", tokens)
                .u32("tokenizer.ggml.bos_token_id", 2)
                .u32("tokenizer.ggml.cls_token_id", 2)
                .u32("tokenizer.ggml.eos_token_id", 3)
                .u32("tokenizer.ggml.seperator_token_id", 3)
                .u32("tokenizer.ggml.unknown_token_id", 1)
                .i32s("tokenizer.ggml.token_type", 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        for (Tensor t : tensors) {
            long[] shape = t.shape.length == 1 ? new long[] {t.shape[0]} : new long[] {t.shape[1], t.shape[0]};
            writer.tensor(t.gguf, shape, t.values);
        }
        return Files.write(file, writer.bytes());
    }

    /** The files beside the weights, by name. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(
                "config.json",
                "{\"model_type\": \"bert\", \"hidden_act\": \"gelu\", \"num_hidden_layers\": 2, \"hidden_size\": "
                        + HIDDEN
                        + ", \"intermediate_size\": " + INSIDE + ", \"num_attention_heads\": 2,"
                        + " \"max_position_embeddings\": " + CONTEXT + ", \"layer_norm_eps\": 1e-12}");
        texts.put("vocab.txt", String.join("\n", VOCABULARY) + "\n");
        texts.put("tokenizer_config.json", "{\"do_lower_case\": true}");
        return texts;
    }

    /**
     * Writes the weights as the authors would.
     *
     * @param prefix before each tensor's name
     * @param metadata goes into the header
     */
    public Path safetensors(Path file, String prefix, Map<String, String> metadata) throws IOException {
        StringBuilder header = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            header.append("\"__metadata__\":{");
            metadata.forEach((key, text) ->
                    header.append(quoted(key)).append(':').append(quoted(text)).append(','));
            header.setCharAt(header.length() - 1, '}');
            header.append(',');
        }
        header.append("\"")
                .append(prefix)
                .append("pooler.dense.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}");
        int at = 4;
        for (Tensor t : tensors) {
            header.append(",\"")
                    .append(prefix)
                    .append(t.stored)
                    .append("\":{\"dtype\":\"F32\",\"shape\":")
                    .append(Arrays.toString(t.shape))
                    .append(",\"data_offsets\":[")
                    .append(at)
                    .append(',')
                    .append(at += 4 * t.values.length)
                    .append("]}");
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + at).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).putFloat(0f);
        tensors.forEach(t -> {
            for (float value : t.values) {
                bytes.putFloat(value);
            }
        });
        return Files.write(file, bytes.array());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
