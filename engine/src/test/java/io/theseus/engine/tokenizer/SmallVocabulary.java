package io.theseus.engine.tokenizer;

import io.theseus.engine.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Metadata of small made-up vocabularies of every kind. */
final class SmallVocabulary {
    private final List<String> tokens = new ArrayList<>();
    private final List<Long> types = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();
    final Map<String, Object> entries = new LinkedHashMap<>();

    private void add(String text, TokenKind kind, float score) {
        tokens.add(text);
        types.add(kind.ordinal() + 1L);
        scores.add(score);
    }

    /** Byte-level, every byte a token, {@code merges} random merges of what is there. */
    static SmallVocabulary byteLevel(Random random, String pre, int merges) {
        SmallVocabulary v = new SmallVocabulary();
        v.add("<|endoftext|>", TokenKind.CONTROL, 0);
        v.add("<|im_end|>", TokenKind.CONTROL, 0);
        v.add("<tool>", TokenKind.USER_DEFINED, 0);
        List<String> parts = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            parts.add(String.valueOf(ByteAlphabet.of(value)));
        }
        parts.forEach(part -> v.add(part, TokenKind.NORMAL, 0));
        Set<String> texts = new LinkedHashSet<>(v.tokens);
        List<String> rules = new ArrayList<>();
        // Mostly common letters, so that merges meet in test texts.
        String common = "abcdeĠtsĊÂÃ";
        while (rules.size() < merges) {
            String left = random.nextBoolean()
                    ? parts.get(random.nextInt(parts.size()))
                    : String.valueOf(common.charAt(random.nextInt(common.length())));
            String right = random.nextInt(4) == 0
                    ? parts.get(parts.size() - 1 - random.nextInt(Math.min(parts.size(), 20)))
                    : String.valueOf(common.charAt(random.nextInt(common.length())));
            if (left.length() + right.length() <= 12 && !rules.contains(left + " " + right)) {
                rules.add(left + " " + right);
                // One in eight results is no token: merges pass through it.
                if (random.nextInt(8) > 0 && texts.add(left + right)) {
                    v.add(left + right, TokenKind.NORMAL, 0);
                    parts.add(left + right);
                }
            }
        }
        v.entries.put("tokenizer.ggml.model", "gpt2");
        v.entries.put("tokenizer.ggml.pre", pre);
        v.entries.put("tokenizer.ggml.merges", rules.toArray(String[]::new));
        v.entries.put("tokenizer.ggml.eos_token_id", 1L);
        return v;
    }

    /** SentencePiece of {@code model} llama or t5, all bytes, some letters and random joins of them with random scores. */
    static SmallVocabulary sentencePiece(Random random, String model, int joins) {
        SmallVocabulary v = new SmallVocabulary();
        v.add("<unk>", TokenKind.UNKNOWN, 0);
        v.add("<s>", TokenKind.CONTROL, 0);
        v.add("</s>", TokenKind.CONTROL, 0);
        v.add("<tool>", TokenKind.USER_DEFINED, 0);
        for (int value = 0; value < 256; value++) {
            v.add(String.format("<0x%02X>", value), TokenKind.BYTE, 0);
        }
        List<String> parts =
                new ArrayList<>(List.of("▁", "a", "b", "c", "d", "e", "t", "s", "é", "<", ">", "/", "</", "s>"));
        Set<String> seen = new LinkedHashSet<>(parts);
        for (int i = 0; i < joins; i++) {
            String joined = parts.get(random.nextInt(parts.size())) + parts.get(random.nextInt(parts.size()));
            if (joined.length() <= 10 && seen.add(joined) && !v.tokens.contains(joined)) {
                parts.add(joined);
            }
        }
        for (String part : parts) {
            v.add(part, TokenKind.NORMAL, -random.nextInt(joins + 1)); // ties on purpose
        }
        v.entries.put("tokenizer.ggml.model", model);
        v.entries.put("tokenizer.ggml.add_space_prefix", true);
        v.entries.put("tokenizer.ggml.eos_token_id", 2L);
        v.entries.put("tokenizer.ggml.unknown_token_id", 0L);
        return v;
    }

    /** WordPiece with all ASCII letters and some words. */
    static SmallVocabulary wordPiece() {
        SmallVocabulary v = new SmallVocabulary();
        v.add("[PAD]", TokenKind.CONTROL, 0);
        v.add("[UNK]", TokenKind.CONTROL, 0);
        v.add("[CLS]", TokenKind.CONTROL, 0);
        v.add("[SEP]", TokenKind.CONTROL, 0);
        for (char c = '!'; c <= '~'; c++) {
            v.add("▁" + c, TokenKind.NORMAL, 0);
            v.add(String.valueOf(c), TokenKind.NORMAL, 0);
        }
        for (String word : List.of("▁hello", "▁world", "ing", "ed", "▁un", "able", "▁我", "i\u0307")) {
            v.add(word, TokenKind.NORMAL, 0);
        }
        v.entries.put("tokenizer.ggml.model", "bert");
        v.entries.put("tokenizer.ggml.cls_token_id", 2L);
        v.entries.put("tokenizer.ggml.seperator_token_id", 3L);
        v.entries.put("tokenizer.ggml.unknown_token_id", 1L);
        return v;
    }

    SmallVocabulary with(String key, Object value) {
        entries.put(key, value);
        return this;
    }

    GgufMetadata metadata() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("tokenizer.ggml.tokens", tokens.toArray(String[]::new));
        all.put(
                "tokenizer.ggml.token_type",
                types.stream().mapToLong(Long::longValue).toArray());
        float[] array = new float[scores.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = scores.get(i);
        }
        all.put("tokenizer.ggml.scores", array);
        all.putAll(entries);
        return new GgufMetadata(all);
    }

    Tokenizer tokenizer() {
        return Tokenizers.from(metadata());
    }
}
