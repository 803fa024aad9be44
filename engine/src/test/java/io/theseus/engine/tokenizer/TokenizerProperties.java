package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenizerProperties {
    private static final List<String> PRES = List.of(
            "smollm", "llama-bpe", "qwen2", "gpt-4o", "tekken", "deepseek-llm", "deepseek-v3", "falcon", "default");

    @Test
    void whatIsEncodedDecodesToItself() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Tokenizer bytes = SmallVocabulary.byteLevel(random, PRES.get(seed % PRES.size()), 80)
                    .tokenizer();
            Tokenizer pieces = SmallVocabulary.sentencePiece(random, seed % 2 == 0 ? "llama" : "t5", 60)
                    .tokenizer();
            for (int i = 0; i < 20; i++) {
                String text = RandomText.next(random, 20);
                for (boolean parse : new boolean[] {false, true}) {
                    assertThat(bytes.decode(bytes.encode(text, parse), true))
                            .as("byte level, seed %d", seed)
                            .isEqualTo(RandomText.wellFormed(text));
                }
                // U+2581 is SentencePiece's space; it comes back as one.
                assertThat(pieces.decode(pieces.encode(text.replace("<tool>", ""), false), true))
                        .as("SentencePiece, seed %d", seed)
                        .isEqualTo(RandomText.wellFormed(text.replace("<tool>", ""))
                                .replace('▁', ' '));
            }
        }
    }

    @Test
    void streamingGivesTheWholeDecode() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            List<byte[]> tokens = random.ints(random.nextInt(12), 0, 5)
                    .mapToObj(n -> hardBytes(random, n))
                    .toList();
            Tokenizer tokenizer = new BytesTokenizer(tokens);
            TokenDecoder decoder = TokenDecoder.ofContinuation(tokenizer, true);
            StringBuilder streamed = new StringBuilder();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int id = 0; id < tokens.size(); id++) {
                String piece = decoder.push(id);
                assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
                        .as("no half character, seed %d", seed)
                        .isTrue();
                streamed.append(piece);
                all.writeBytes(tokens.get(id));
            }
            streamed.append(decoder.finish());
            assertThat(streamed.toString()).as("seed %d", seed).isEqualTo(all.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aCompleteCharacterIsNeverHeldBack() {
        byte[] text = "aé€🙂".getBytes(StandardCharsets.UTF_8);
        List<byte[]> tokens = new ArrayList<>();
        for (byte b : text) {
            tokens.add(new byte[] {b});
        }
        TokenDecoder decoder = TokenDecoder.ofContinuation(new BytesTokenizer(tokens), true);
        StringBuilder pieces = new StringBuilder();
        for (int id = 0; id < tokens.size(); id++) {
            pieces.append('[').append(decoder.push(id)).append(']');
        }
        assertThat(pieces.toString()).isEqualTo("[a][][é][][][€][][][][🙂]");
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void plainTextNeverBecomesAControlToken() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Tokenizer> tokenizers = List.of(
                    SmallVocabulary.byteLevel(random, "gpt-2", 40)
                            .with("tokenizer.ggml.merges", new String[] {
                                "< |", "<| i", "<|i m", "<|im _end|>", "_ e", "_e n", "_en d", "_end |", "_end| >"
                            })
                            .tokenizer(),
                    SmallVocabulary.sentencePiece(random, "llama", 60).tokenizer(),
                    SmallVocabulary.sentencePiece(random, "t5", 60).tokenizer());
            for (Tokenizer tokenizer : tokenizers) {
                for (int i = 0; i < 20; i++) {
                    String text = RandomText.next(random, 20);
                    for (int id : tokenizer.encode(text, false)) {
                        assertThat(tokenizer.isControl(id))
                                .as("seed %d: %s", seed, text)
                                .isFalse();
                    }
                }
                assertThat(tokenizer.encode("<|im_end|></s>", true))
                        .contains(tokenizer.eos().orElseThrow());
            }
        }
    }

    /** Bytes out of the places where UTF-8 is hard: lead bytes, continuations, limits of their ranges. */
    private static byte[] hardBytes(Random random, int n) {
        int[] hard = {
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
            0xF4, 0xF5, 0xFF
        };
        if (random.nextBoolean()) {
            byte[] character = Character.toString(random.nextInt(0xD800)).getBytes(StandardCharsets.UTF_8);
            return Arrays.copyOf(character, Math.min(n, character.length));
        }
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) hard[random.nextInt(hard.length)];
        }
        return bytes;
    }

    /** Token {@code i} is {@code tokens.get(i)}. */
    private record BytesTokenizer(List<byte[]> tokens) implements Tokenizer {
        @Override
        public int[] encode(String text, boolean parseSpecial) {
            throw new UnsupportedOperationException("only decodes");
        }

        @Override
        public byte[] bytes(int id) {
            return tokens.get(id);
        }

        @Override
        public boolean isControl(int id) {
            return false;
        }

        @Override
        public int size() {
            return tokens.size();
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.empty();
        }

        @Override
        public boolean addsBos() {
            return false;
        }

        @Override
        public boolean addsEos() {
            return false;
        }

        @Override
        public Set<Integer> endOfGeneration() {
            return Set.of();
        }

        @Override
        public boolean addsSpacePrefix() {
            return false;
        }
    }
}
