package io.theseus.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Text that arrives token by token equals the whole text decoded and searched at once, and shows up as early as it can. */
class TokenTextVersusNaive {
    private static final String[] STOPS = {
        "a", "ab", "abc", "bca", "cabca", "abab", "é", "😀", "€a", " ", "\n\n", "aé", "bb", "zzz", "abcabcabd", "€"
    };

    @Test
    void streamedTextEqualsWholeText() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FakeTokenizer tokenizer = new FakeTokenizer();
        int stopped = 0;
        for (int round = 0; round < 20_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                stops.add(STOPS[random.nextInt(STOPS.length)]);
            }
            TokenText text = new TokenText(tokenizer, stops, false);
            StringBuilder shown = new StringBuilder();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            String naive = null;
            for (int i = random.nextInt(40); i > 0 && naive == null; i--) {
                int id = random.nextInt(tokenizer.size());
                shown.append(text.accept(id));
                if (!tokenizer.isControl(id)) {
                    bytes.writeBytes(tokenizer.bytes(id));
                }
                String whole = bytes.toString(StandardCharsets.UTF_8);
                int stop = AloneEngine.firstStop(whole, stops);
                naive = stop < 0 ? null : whole.substring(0, stop);
                assertThat(text.stopped()).as("seed %d round %d", seed, round).isEqualTo(stop >= 0);
                if (naive == null) {
                    assertHeldBackOnlyAsNeeded(whole, shown.toString(), stops);
                }
            }
            if (naive == null) {
                shown.append(text.finish());
                naive = bytes.toString(StandardCharsets.UTF_8);
            } else {
                stopped++;
                assertThat(text.finish()).isEmpty();
            }
            assertThat(shown.toString())
                    .as("seed %d round %d stops %s", seed, round, stops)
                    .isEqualTo(naive);
        }
        assertThat(stopped).isBetween(2_000, 18_000);
    }

    /** What is not shown is an unfinished character, preceded by the longest end that begins a stop string. */
    private static void assertHeldBackOnlyAsNeeded(String whole, String shown, List<String> stops) {
        assertThat(whole).startsWith(shown);
        String held = whole.substring(shown.length());
        while (held.endsWith("\uFFFD")) {
            held = held.substring(0, held.length() - 1);
        }
        String complete = held;
        assertThat(held.isEmpty() || stops.stream().anyMatch(stop -> stop.startsWith(complete)))
                .as("held back '%s' of '%s'", held, whole)
                .isTrue();
    }

    @Test
    void finishAfterAStopAddsNothing() {
        TokenText text = new TokenText(new FakeTokenizer(), List.of("ab"), false);
        assertThat(text.accept(2)).isEmpty();
        assertThat(text.accept(7)).isEqualTo("a");
        assertThat(text.stopped()).isTrue();
        assertThat(text.finish()).isEmpty();
    }

    @Test
    void controlTokensAreShownOnlyWhenAskedFor() {
        assertThat(new TokenText(new FakeTokenizer(), List.of(), false).accept(1))
                .isEmpty();
        assertThat(new TokenText(new FakeTokenizer(), List.of(), true).accept(1))
                .isEqualTo("<control>");
    }

    @Test
    void theMostAndLongestStopsCostNoMorePerToken() {
        List<String> stops = new ArrayList<>();
        for (int i = 0; i < GenerationRequest.MAX_STOPS; i++) {
            stops.add("a".repeat(GenerationRequest.MAX_STOP_LENGTH - 1 - i) + "!");
        }
        TokenText text = new TokenText(new FakeTokenizer(), stops, false);
        int shown = 0;
        for (int i = 0; i < 100_000; i++) {
            shown += text.accept(2).length();
        }
        assertThat(shown).isEqualTo(100_000 - (GenerationRequest.MAX_STOP_LENGTH - 1));
    }
}
