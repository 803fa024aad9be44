package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a vocabulary claims, there is a tokenizer or one clear error; whatever the text, a tokenizer encodes and decodes it.
 * {@code JAZZER_FUZZ=1} searches for more.
 */
class TokenizerFuzz {
    private static final List<String> KEYS = List.of(
            "tokens",
            "token_type",
            "scores",
            "merges",
            "model",
            "pre",
            "bos_token_id",
            "eos_token_id",
            "unknown_token_id",
            "cls_token_id",
            "seperator_token_id",
            "add_bos_token",
            "add_eos_token",
            "add_space_prefix",
            "remove_extra_whitespaces",
            "precompiled_charsmap",
            "normalizer.lowercase");

    static Stream<byte[]> seeds() {
        return Stream.of("", "\u0000abc é🙂 don't", "\u0001</s><0x41>▁", "\u0002 12345 \n", "\u0003Hello, 我 İ")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void lyingMetadataAndAnyTextEndInIdsOrOneError(byte[] data) {
        check(data);
    }

    @Test
    void aShortSeededSearchFindsNothing() {
        Random random = new Random(1);
        int built = 0;
        for (int i = 0; i < 400; i++) {
            byte[] data = new byte[random.nextInt(200)];
            random.nextBytes(data);
            built += check(data) ? 1 : 0;
        }
        // Both outcomes must occur, or the search looks at nothing.
        assertThat(built).isBetween(40, 360);
    }

    /** Whether a tokenizer came out. */
    private static boolean check(byte[] data) {
        Random random = new Random(Arrays.hashCode(data));
        Map<String, Object> entries =
                new LinkedHashMap<>(base(data, random).metadata().entries());
        int lies = data.length % 4;
        for (int i = 0; i < lies; i++) {
            lie(entries, random);
        }
        Tokenizer tokenizer;
        try {
            tokenizer = Tokenizers.from(new GgufMetadata(entries));
        } catch (TheseusException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
        String text = new String(data, StandardCharsets.UTF_8) + RandomText.next(random, 10);
        for (boolean parse : new boolean[] {false, true}) {
            int[] ids = tokenizer.encode(text, parse);
            for (int id : ids) {
                assertThat(id).isBetween(0, tokenizer.size() - 1);
                assertThat(tokenizer.bytes(id)).isNotNull();
            }
            assertThat(tokenizer.decode(ids, true)).isNotNull();
        }
        assertThat(tokenizer.endOfGeneration()).allMatch(id -> id >= 0 && id < tokenizer.size());
        return true;
    }

    private static SmallVocabulary base(byte[] data, Random random) {
        return switch (data.length == 0 ? 0 : data[0] & 3) {
            case 0 -> SmallVocabulary.byteLevel(random, random.nextBoolean() ? "llama-bpe" : "smollm", 30);
            case 1 -> SmallVocabulary.sentencePiece(random, "llama", 30);
            case 2 -> SmallVocabulary.sentencePiece(random, "t5", 30);
            default -> SmallVocabulary.wordPiece();
        };
    }

    private static void lie(Map<String, Object> entries, Random random) {
        String key = "tokenizer.ggml." + KEYS.get(random.nextInt(KEYS.size()));
        Object old = entries.get(key);
        switch (random.nextInt(6)) {
            case 0 -> entries.remove(key);
            case 1 -> entries.put(key, (long) random.nextInt(600) - 100);
            case 2 ->
                entries.put(
                        key,
                        List.of("gpt2", "llama", "t5", "bert", "gemma4", "gpt-2", "")
                                .get(random.nextInt(7)));
            case 3 -> entries.put(key, random.nextBoolean());
            case 4 -> entries.put(key, array(random, key));
            default -> {
                if (old instanceof String[] strings) {
                    String[] changed = strings.clone();
                    for (int i = 0; i < 20 && changed.length > 0; i++) {
                        changed[random.nextInt(changed.length)] = RandomText.next(random, 3);
                    }
                    entries.put(key, changed);
                } else if (old instanceof long[] codes) {
                    entries.put(key, random.longs(codes.length, 0, 9).toArray());
                } else if (old instanceof float[] scores) {
                    float[] changed = scores.clone();
                    changed[random.nextInt(changed.length)] = List.of(Float.NaN, Float.NEGATIVE_INFINITY, -0f, 1e38f)
                            .get(random.nextInt(4));
                    entries.put(key, changed);
                }
            }
        }
    }

    private static Object array(Random random, String key) {
        int n = random.nextInt(40);
        if (key.endsWith("charsmap")) {
            // A plausible header, then noise: a table of n units and some texts.
            List<Long> blob = new ArrayList<>(List.of(4L * n, 0L, 0L, 0L));
            for (int i = 0; i < 4 * n + 10; i++) {
                blob.add((long) random.nextInt(256));
            }
            blob.add(0L);
            return blob.stream().mapToLong(Long::longValue).toArray();
        }
        return switch (random.nextInt(3)) {
            case 0 -> random.longs(n).toArray();
            case 1 -> new float[n];
            default -> {
                String[] texts = new String[n];
                for (int i = 0; i < n; i++) {
                    texts[i] = RandomText.next(random, 4);
                }
                yield texts;
            }
        };
    }
}
