package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TokenizerBoundsTest {
    /** A megabyte that quadratic work would take hours over; a tenth of a second each is what it takes. */
    @Test
    @Timeout(60)
    void hostileMegabytesTakeLinearWork() {
        Random random = new Random(1);
        int n = 1 << 20;
        List<String> texts = List.of(
                "a".repeat(n),
                "abcde".repeat(n / 5),
                " ".repeat(n) + "1",
                "\n ".repeat(n / 2) + "1",
                "<".repeat(n),
                "<|im_".repeat(n / 5),
                "\u0301".repeat(n),
                "A".repeat(n),
                "1".repeat(n));
        List<Tokenizer> tokenizers = List.of(
                SmallVocabulary.byteLevel(random, "gpt-4o", 80).tokenizer(),
                SmallVocabulary.byteLevel(random, "deepseek-llm", 80).tokenizer(),
                SmallVocabulary.sentencePiece(random, "llama", 60).tokenizer(),
                SmallVocabulary.sentencePiece(random, "t5", 60).tokenizer(),
                SmallVocabulary.wordPiece().tokenizer());
        for (Tokenizer tokenizer : tokenizers) {
            for (String text : texts) {
                long start = System.nanoTime();
                assertThat(tokenizer.encode(text, true)).hasSizeLessThanOrEqualTo(4 * n);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            }
        }
    }

    @Test
    void anUnknownPreTokenizerIsAnErrorAndNoGuess() {
        assertThatThrownBy(() -> SmallVocabulary.byteLevel(new Random(1), "no-such-pre", 5)
                        .tokenizer())
                .isInstanceOfSatisfying(TheseusException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
                    assertThat(e).hasMessageContaining("no-such-pre");
                });
    }

    @Test
    void collidingVocabulariesAreRefused() {
        String[] texts = new String[1 << 14];
        for (int i = 0; i < texts.length; i++) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // equal hashes
            }
            texts[i] = text.toString();
        }
        assertThatThrownBy(() -> new TextIndex(texts))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_INVALID));
    }

    @Test
    void bertDropsControlsAndKeepsUnassigned() {
        Tokenizer tokenizer = SmallVocabulary.wordPiece().tokenizer();
        assertThat(tokenizer.encode("he\u0085llo\tWORLD", false)).isEqualTo(tokenizer.encode("hello world", false));
        // An unassigned character is a word that nobody knows; dropping it would lose the unknown token.
        assertThat(tokenizer.encode("\uD875\uDD24", false)).containsExactly(1);
        assertThat(tokenizer.encode("a".repeat(101), false)).containsExactly(1);
        assertThat(tokenizer.encode("a".repeat(100), false)).hasSize(100);
    }

    @Test
    void userDefinedTokensAreAlwaysMatchedAndControlOnlyWhenAsked() {
        Tokenizer tokenizer =
                SmallVocabulary.byteLevel(new Random(1), "smollm", 10).tokenizer();
        assertThat(tokenizer.encode("<tool>", false)).containsExactly(2);
        assertThat(tokenizer.encode("<|im_end|>", true)).containsExactly(1);
        assertThat(tokenizer.encode("<|im_end|>", false)).doesNotContain(1).hasSizeGreaterThan(1);
        assertThat(tokenizer.endOfGeneration()).contains(0, 1);
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        Tokenizer tokenizer = SmallVocabulary.wordPiece().tokenizer();
        for (int id : new int[] {-1, tokenizer.size()}) {
            assertThatThrownBy(() -> tokenizer.bytes(id))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT));
        }
    }
}
