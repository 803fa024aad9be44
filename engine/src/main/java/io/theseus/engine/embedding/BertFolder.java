package io.theseus.engine.embedding;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.safetensors.SafetensorsFile;
import io.theseus.engine.template.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sentence encoder as its authors publish it: {@code model.safetensors}, and {@code config.json}, {@code vocab.txt} and {@code
 * tokenizer_config.json} beside it, or, under these names, in the metadata of the weights.
 *
 * <p>Source: huggingface/transformers, models/bert; names of tensors as llama.cpp's convert_hf_to_gguf.py maps them.
 */
final class BertFolder {
    /** Texts that belong to the weights. The first two are needed. */
    static final List<String> TEXTS = List.of("config.json", "vocab.txt", "tokenizer_config.json");

    private static final Set<String> SPECIAL = Set.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final long MAX_TEXT = 16L << 20;
    private static final long NORMAL = 1;
    private static final long CONTROL = 3;

    private final SafetensorsFile weights;
    private final Path folder;

    private BertFolder(SafetensorsFile weights, Path folder) {
        this.weights = weights;
        this.folder = folder;
    }

    static EncoderFile open(Path file) {
        SafetensorsFile weights = SafetensorsFile.open(file);
        try {
            Path folder = file.toAbsolutePath().getParent();
            GgufMetadata metadata = new BertFolder(weights, folder == null ? file : folder).metadata();
            boolean prefixed =
                    weights.tensor("bert.embeddings.word_embeddings.weight").isPresent();
            return new EncoderFile(weights, name -> (prefixed ? "bert." : "") + stored(name), metadata);
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    /** The name under which BERT's authors keep what GGUF calls {@code name}. */
    private static String stored(String name) {
        return name.replaceFirst("^blk\\.(\\d+)\\.", "encoder.layer.$1.")
                .replace("attn_output_norm.", "attention.output.LayerNorm.")
                .replace("layer_output_norm.", "output.LayerNorm.")
                .replace("attn_q.", "attention.self.query.")
                .replace("attn_k.", "attention.self.key.")
                .replace("attn_v.", "attention.self.value.")
                .replace("attn_output.", "attention.output.dense.")
                .replace("ffn_up.", "intermediate.dense.")
                .replace("ffn_down.", "output.dense.")
                .replace("token_embd_norm.", "embeddings.LayerNorm.")
                .replace("token_embd.", "embeddings.word_embeddings.")
                .replace("position_embd.", "embeddings.position_embeddings.")
                .replace("token_types.", "embeddings.token_type_embeddings.");
    }

    private GgufMetadata metadata() {
        Map<String, Object> config = object("config.json", require("config.json"));
        expect(config, "model_type", "bert");
        expect(config, "hidden_act", "gelu");
        if (config.get("position_embedding_type") != null) {
            expect(config, "position_embedding_type", "absolute");
        }
        Map<String, Object> entries = new HashMap<>();
        entries.put("general.architecture", "bert");
        entries.put("bert.block_count", number(config, "num_hidden_layers"));
        entries.put("bert.embedding_length", number(config, "hidden_size"));
        entries.put("bert.feed_forward_length", number(config, "intermediate_size"));
        entries.put("bert.attention.head_count", number(config, "num_attention_heads"));
        entries.put("bert.context_length", number(config, "max_position_embeddings"));
        entries.put("bert.pooling_type", 1L);
        if (!(config.get("layer_norm_eps") instanceof Double epsilon)) {
            throw invalid("config.json has no layer_norm_eps");
        }
        entries.put("bert.attention.layer_norm_epsilon", (double) epsilon.floatValue());
        tokenizer(entries);
        return new GgufMetadata(entries);
    }

    private void tokenizer(Map<String, Object> entries) {
        String vocabulary = require("vocab.txt");
        String[] lines = vocabulary.split("\r?\n");
        String[] tokens = new String[lines.length];
        long[] kinds = new long[lines.length];
        for (int id = 0; id < lines.length; id++) {
            String token = lines[id];
            boolean special = SPECIAL.contains(token);
            kinds[id] = special ? CONTROL : NORMAL;
            // GGUF marks the start of a word; BERT marks what continues one.
            tokens[id] = special ? token : token.startsWith("##") ? token.substring(2) : "\u2581" + token;
        }
        entries.put("tokenizer.ggml.model", "bert");
        entries.put("tokenizer.ggml.tokens", tokens);
        entries.put("tokenizer.ggml.token_type", kinds);
        List<String> order = List.of(lines);
        entries.put("tokenizer.ggml.cls_token_id", id(order, "[CLS]"));
        entries.put("tokenizer.ggml.bos_token_id", id(order, "[CLS]"));
        entries.put("tokenizer.ggml.seperator_token_id", id(order, "[SEP]"));
        entries.put("tokenizer.ggml.eos_token_id", id(order, "[SEP]"));
        entries.put("tokenizer.ggml.unknown_token_id", id(order, "[UNK]"));
        String settings = text("tokenizer_config.json");
        if (settings != null
                && object("tokenizer_config.json", settings).get("do_lower_case") instanceof Boolean lowercase) {
            entries.put("tokenizer.ggml.normalizer.lowercase", lowercase);
        }
    }

    private long id(List<String> tokens, String token) {
        int id = tokens.indexOf(token);
        if (id < 0) {
            throw invalid("vocab.txt has no " + token);
        }
        return id;
    }

    private void expect(Map<String, Object> config, String key, String value) {
        if (!value.equals(config.get(key))) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "config.json says " + key + " = " + config.get(key) + "; this version reads encoders with "
                            + value);
        }
    }

    private long number(Map<String, Object> config, String key) {
        if (config.get(key) instanceof Long number) {
            return number;
        }
        throw invalid("config.json has no whole number " + key);
    }

    @SuppressWarnings("unchecked") // a JSON object has strings as keys
    private Map<String, Object> object(String name, String json) {
        try {
            if (Json.read(json) instanceof Map<?, ?> map) {
                return (Map<String, Object>) map;
            }
        } catch (TheseusException e) {
            throw new TheseusException(ErrorCode.MODEL_INVALID, name + " is " + e.getMessage(), e);
        }
        throw invalid(name + " is no JSON object");
    }

    private String require(String name) {
        String text = text(name);
        if (text == null) {
            throw invalid("no " + name + " beside the weights or in their metadata; a sentence encoder needs it");
        }
        return text;
    }

    private @Nullable String text(String name) {
        String inside = weights.metadata().get(name);
        if (inside != null) {
            return inside;
        }
        Path file = folder.resolve(name);
        try {
            if (!Files.isRegularFile(file)) {
                return null;
            }
            if (Files.size(file) > MAX_TEXT) {
                throw invalid(file + " has " + Files.size(file) + " bytes, more than any such file");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static TheseusException invalid(String problem) {
        return new TheseusException(ErrorCode.MODEL_INVALID, problem);
    }
}
