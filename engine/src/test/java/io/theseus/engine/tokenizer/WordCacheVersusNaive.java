package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A tokenizer that has seen other texts gives what one that has seen none gives. */
class WordCacheVersusNaive {
    @Test
    void whatWasSeenBeforeChangesNothing() {
        for (int seed = 0; seed < 60; seed++) {
            SmallVocabulary vocabulary = SmallVocabulary.byteLevel(new Random(seed), "smollm", 80);
            Tokenizer used = vocabulary.tokenizer();
            Random random = new Random(seed);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                texts.add(RandomText.next(random, 30));
            }
            texts.forEach(text -> used.encode(text, true));
            for (String text : texts) {
                int[] fresh = vocabulary.tokenizer().encode(text, true);
                assertThat(used.encode(text, true)).as("seed %d", seed).isEqualTo(fresh);
                assertThat(used.encode(text, true)).as("seed %d, again", seed).isEqualTo(fresh);
            }
        }
    }

    @Test
    void threadsDoNotDisturbEachOther() {
        SmallVocabulary vocabulary = SmallVocabulary.byteLevel(new Random(1), "smollm", 80);
        Tokenizer shared = vocabulary.tokenizer();
        IntStream.range(0, 4).parallel().forEach(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 2_000; i++) {
                String text = RandomText.next(random, 12);
                assertThat(shared.encode(text, false))
                        .as(text)
                        .isEqualTo(
                                i % 50 == 0 ? vocabulary.tokenizer().encode(text, false) : shared.encode(text, false));
            }
        });
    }

    @Test
    void wordsThatShareASlotAreToldApart() {
        WordCache cache = new WordCache();
        TokenBuffer out = new TokenBuffer(4);
        out.add(7);
        // String.hashCode of both is 2112.
        cache.keep("Aa".toCharArray(), 0, 2, out, 0);
        assertThat(cache.replay("BB".toCharArray(), 0, 2, out)).isFalse();
        assertThat(cache.replay("xAa".toCharArray(), 1, 3, out)).isTrue();
        assertThat(out.toArray()).containsExactly(7, 7);
        cache.keep("BB".toCharArray(), 0, 2, out, 0);
        assertThat(cache.replay("Aa".toCharArray(), 0, 2, out)).isFalse();
    }
}
