package io.theseus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.concept.Agreement;
import io.theseus.concept.Concepts;
import io.theseus.concept.MeaningRule;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.model.ModelOptions;
import io.theseus.testkit.Golden;
import io.theseus.testkit.meaning.MeaningPair;
import io.theseus.testkit.meaning.MeaningPair.Half;
import io.theseus.testkit.meaning.MeaningPairs;
import io.theseus.testkit.meaning.Verdicts;
import java.lang.System.Logger.Level;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole guard, cosine and graph, on the labelled sets with the real encoder. */
class MeaningGuardIT {
    private static final System.Logger LOG = System.getLogger(MeaningGuardIT.class.getName());
    private static final double MISSION_COSINE = 0.92;

    @Test
    void servesParaphrasesAndNoHardNegative() {
        Concepts concepts = new Concepts();
        try (TextEmbedder embedder =
                TextEmbedder.load(Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf"), 0, ModelOptions.Kernel.AUTO)) {
            for (Half half : Half.values()) {
                for (boolean generated : new boolean[] {true, false}) {
                    List<MeaningPair> pairs = generated ? MeaningPairs.generated() : MeaningPairs.handWritten();
                    Verdicts guard = Verdicts.of(pairs, half, pair -> {
                        Agreement agreement = concepts.compare(concepts.read(pair.a()), concepts.read(pair.b()));
                        return agreement.agrees()
                                && MeaningRule.STANDARD
                                        .decide(cosine(embedder, pair), agreement)
                                        .same();
                    });
                    LOG.log(Level.INFO, (generated ? "generated, " : "by hand, ") + half + ": " + guard.report());
                    assertThat(guard.wrong()).as(guard.report()).isEmpty();
                    assertThat(guard.precision()).isGreaterThanOrEqualTo(0.99);
                    assertThat(guard.recall()).as(guard.report()).isGreaterThanOrEqualTo(0.4);
                }
            }
            // What the graph is for: by cosine alone most of these would have been served.
            Verdicts alone = Verdicts.of(
                    MeaningPairs.handWritten(), Half.REPORT, pair -> cosine(embedder, pair) >= MISSION_COSINE);
            LOG.log(Level.INFO, "by hand, cosine alone: " + alone.report());
            assertThat(alone.precision()).isLessThan(0.8);
        }
    }

    private static double cosine(TextEmbedder embedder, MeaningPair pair) {
        List<float[]> both = embedder.embed(List.of(pair.a(), pair.b()));
        double sum = 0;
        for (int i = 0; i < both.get(0).length; i++) {
            sum += (double) both.get(0)[i] * both.get(1)[i];
        }
        return sum;
    }
}
