package io.theseus.engine.closeness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The engine beside the truth on every tiny model, within bounds per kind of storage. How the bounds came about, and which
 * mistakes they catch: docs/decisions/010-closeness-bounds.md.
 */
class TinyClosenessTest {
    private static final List<String> FLOATS = List.of("F32", "F16", "BF16");

    /**
     * @param last largest difference from transformers of any logit after a prompt's last token
     * @param rms root mean square of the differences from the oracle, all tokens and the whole vocabulary
     * @param divergence mean KL divergence from the oracle, nats
     * @param margin where the oracle's likeliest token leads by more than this, the engine's is the same
     */
    private record Bound(double last, double rms, double divergence, double margin) {}

    /** The blocks are kept as they are; what differs is the rounding of activations, K and V. */
    private static final Bound BLOCKS = new Bound(0.22, 0.065, 6e-4, 0.2);

    /** The weights themselves are rounded to 8 bits on top of it (rule 1 of the arithmetic). */
    private static final Bound FLOAT_WEIGHTS = new Bound(0.5, 0.14, 6e-3, 0.33);

    @TestFactory
    Stream<DynamicTest> everyModelIsCloseToTheTruth() {
        List<TinyGolden> models = TinyGolden.all();
        assertThat(models).hasSize(19);
        return models.stream().map(model -> DynamicTest.dynamicTest(model.file(), () -> check(model)));
    }

    private static void check(TinyGolden model) {
        boolean floats = FLOATS.containsAll(model.types());
        Bound bound = floats ? FLOAT_WEIGHTS : BLOCKS;
        double squares = 0;
        double divergence = 0;
        double engineSquares = 0;
        double peerSquares = 0;
        int tokens = 0;
        try (ReferenceModel oracle = ReferenceModel.open(model.path());
                EngineRun engine = EngineRun.open(model.path(), 1)) {
            for (TinyGolden.Case c : model.cases()) {
                float[][] truth = oracle.logits(c.ids(), 0);
                float[][] actual = engine.logits(c.ids(), 0);
                for (int t = 0; t < truth.length; t++) {
                    squares += Math.pow(Distance.rms(truth[t], actual[t]), 2);
                    divergence += Distance.divergence(truth[t], actual[t]);
                    tokens++;
                    float lead = truth[t][Distance.argmax(truth[t])] - truth[t][Distance.argmax(actual[t])];
                    assertThat(lead)
                            .as("lead of the oracle's choice after token %d", t)
                            .isLessThan((float) bound.margin());
                }
                float[] last = actual[actual.length - 1];
                assertThat((double) Distance.maximum(c.truth(), last))
                        .as("largest difference from transformers after %d tokens", c.ids().length)
                        .isLessThan(bound.last());
                engineSquares += Math.pow(Distance.rms(c.truth(), last), 2);
                peerSquares += Math.pow(Distance.rms(c.truth(), c.peer()), 2);
                greedy(c, engine, bound.margin());
            }
        }
        assertThat(Math.sqrt(squares / tokens)).as("rms difference").isLessThan(bound.rms());
        assertThat(divergence / tokens).as("mean divergence").isLessThan(bound.divergence());
        if (!floats) {
            assertThat(engineSquares).as("nearer to the truth than llama.cpp").isLessThan(peerSquares);
        }
    }

    /** The same tokens as transformers, up to the first that it chose by less than {@code margin}. */
    private static void greedy(TinyGolden.Case c, EngineRun engine, double margin) {
        int[] tokens = engine.greedy(c.ids(), c.truthGreedy().length);
        for (int i = 0; i < tokens.length && c.truthMargin()[i] > margin; i++) {
            assertThat(tokens[i]).as("greedy token %d", i).isEqualTo(c.truthGreedy()[i]);
        }
    }
}
