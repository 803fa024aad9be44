package io.theseus.concept;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Whatever the text, reading ends soon, in a bounded graph that can be compared. {@code JAZZER_FUZZ=1} searches for more. */
class ConceptsFuzz {
    private static final int ROUNDS = 300;
    private static final List<String> PIECES = List.of(
            "why don't ",
            "'s ",
            "`",
            "```",
            "http://",
            "5km",
            "1,",
            "...",
            "\n",
            "\u200b",
            "ﷺ",
            "not ",
            "by ",
            "killed by ",
            "in order to ",
            "is it true that ",
            "(",
            "-",
            "\uD83D",
            "\uDE00",
            "漢字",
            "I'm ",
            "1/2 ",
            "$",
            "3rd ",
            "e\u0301",
            "\u0000",
            "İ",
            "ß",
            "please ",
            "as a list ",
            "9".repeat(40),
            "a.b.c.",
            "''",
            "5'6\"");

    private final Concepts concepts = new Concepts();

    @FuzzTest(maxDuration = "1m")
    void anyText(byte[] bytes) {
        check(new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    void shuffledPieces() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            int pieces = random.nextInt(40);
            for (int i = 0; i < pieces; i++) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            try {
                check(text.toString());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + " round " + round + ": " + text, e);
            }
        }
    }

    /** A text of 100 kB takes about as long as its first part: the rest is hashed. */
    @Test
    void longTextsAreBounded() {
        for (String piece : PIECES) {
            String text = piece.repeat(100_000 / piece.length());
            Assertions.assertTimeout(Duration.ofSeconds(5), () -> check(text), piece);
        }
    }

    @Test
    void whatLiesBeyondTheBoundStillCounts() {
        String common = "Tell me about rivers and mountains. ".repeat(600);
        ConceptGraph a = concepts.read(common + "Then about Peru.");
        ConceptGraph b = concepts.read(common + "Then about Chile.");
        assertThat(concepts.compare(a, b).agrees()).isFalse();
        assertThat(concepts.compare(a, a).agrees()).isTrue();
    }

    private void check(String text) {
        ConceptGraph graph = concepts.read(text);
        assertThat(graph.nodes()).hasSizeLessThanOrEqualTo(ConceptReader.MAX_NODES);
        Agreement self = concepts.compare(graph, graph);
        assertThat(self.cost()).isZero();
        graph.relations();
        graph.canonical();
    }
}
