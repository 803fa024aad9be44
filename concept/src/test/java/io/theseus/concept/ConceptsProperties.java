package io.theseus.concept;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.meaning.MeaningPair;
import io.theseus.testkit.meaning.MeaningPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What holds for any words in any order. */
class ConceptsProperties {
    private static final int ROUNDS = 400;

    private final Concepts concepts = new Concepts();

    @Test
    void comparisonIsSymmetricAndATextAgreesWithItself() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        List<String> words = words();
        for (int round = 0; round < ROUNDS; round++) {
            ConceptGraph a = concepts.read(sentence(words, random));
            ConceptGraph b = concepts.read(sentence(words, random));
            Agreement there = concepts.compare(a, b);
            Agreement back = concepts.compare(b, a);
            assertThat(there.agrees()).as("seed %d round %d", seed, round).isEqualTo(back.agrees());
            assertThat(there.cost()).as("seed %d round %d", seed, round).isEqualTo(back.cost());
            Agreement self = concepts.compare(a, a);
            if (self.shared() >= 0.1) {
                assertThat(self.differences())
                        .as("seed %d round %d", seed, round)
                        .isEmpty();
            }
        }
    }

    @Test
    void caseSpaceAndTypographyDoNotMatter() {
        for (MeaningPair pair : MeaningPairs.handWritten()) {
            ConceptGraph plain = concepts.read(pair.a());
            ConceptGraph spaced =
                    concepts.read("  " + pair.a().replace(" ", "\u00a0 ").replace("'", "\u2019") + "  ");
            boolean code = pair.a().contains("`");
            if (!code && concepts.compare(plain, plain).agrees()) {
                assertThat(concepts.compare(plain, spaced).differences())
                        .as(pair.a())
                        .isEmpty();
            }
        }
    }

    /** The difference is that of one word: another one in its place must be noticed wherever the sentence has it. */
    @Test
    void anUnknownWordInPlaceOfAnotherIsNoticed() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (MeaningPair pair : MeaningPairs.handWritten()) {
            List<Node> nodes = concepts.read(pair.a()).nodes();
            List<Node> heavy = nodes.stream()
                    .filter(node -> node.weight() == 1 && node.kind() != Node.Kind.LITERAL)
                    .toList();
            if (heavy.isEmpty()) {
                continue;
            }
            Node node = heavy.get(random.nextInt(heavy.size()));
            String other = pair.a().replace(node.shown(), "zorblax");
            if (!other.equals(pair.a())) {
                Agreement agreement = concepts.compare(concepts.read(pair.a()), concepts.read(other));
                assertThat(MeaningRule.STANDARD.decide(1, agreement).same())
                        .as("seed %d: %s / %s", seed, pair.a(), other)
                        .isFalse();
            }
        }
    }

    private static List<String> words() {
        List<String> words = new ArrayList<>();
        MeaningPairs.handWritten()
                .forEach(pair -> words.addAll(Arrays.asList(pair.a().split(" "))));
        return words;
    }

    private static String sentence(List<String> words, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(1, 14);
        for (int i = 0; i < length; i++) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return text.toString();
    }
}
