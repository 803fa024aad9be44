package io.theseus.engine.closeness;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine beside float32 on the default model: the golden prompts' greedy answers, and the golden text.
 *
 * <p>The text is cut into 32 windows of 512 tokens, of which a few are taken; {@code -Dcloseness.windows=32} takes all and
 * needs some minutes. The figures are printed either way.
 */
class ClosenessIT {
    private static final String MODEL = "models/SmolLM2-135M-Instruct.Q4_1.gguf";
    private static final int WINDOW = 512;

    /** As the definition in ppl_smollm2.json says: the second half of a window is scored. */
    private static final int FIRST_SCORED = 257;

    private static final int WINDOWS = Integer.getInteger("closeness.windows", 2);

    /** What the project promises: mean KL divergence in nats, and how much larger than float32's the perplexity may be. */
    private static final double DIVERGENCE = 8e-4;

    private static final double PERPLEXITY = 0.0015;

    @Test
    void greedyAnswersFollowFloat32UntilItHesitates() {
        JsonNode golden = JsonMapper.shared()
                .readTree(Golden.require("data/golden/smollm2_q4_1.json").toFile());
        double divergence = 0;
        double peer = 0;
        int followed = 0;
        try (EngineRun engine = EngineRun.open(Golden.require(MODEL), 2);
                ReferenceModel oracle = ReferenceModel.open(Golden.require(MODEL))) {
            for (JsonNode prompt : golden.get("prompts")) {
                int[] ids = TinyGolden.ints(prompt.get("ids"));
                int[] expected = TinyGolden.ints(prompt.get("fp32").get("greedy"));
                int sure = StreamSupport.stream(
                                prompt.get("fp32").get("small_margin_positions").spliterator(), false)
                        .mapToInt(JsonNode::asInt)
                        .min()
                        .orElse(expected.length);
                assertThat(Arrays.copyOf(engine.greedy(ids, Math.max(1, sure)), sure))
                        .as("greedy tokens of %s", prompt.get("name").asString())
                        .isEqualTo(Arrays.copyOf(expected, sure));
                followed += sure;
                divergence += Distance.divergence(
                        oracle.logits(ids, ids.length - 1)[0], engine.logits(ids, ids.length - 1)[0]);
                peer += prompt.get("compare").get("kl_fp32_llama").asDouble();
            }
        }
        int prompts = golden.get("prompts").size();
        print(
                "greedy tokens equal to float32's until its first small margin: %d; KL after %d prompts: %.5f nats (llama.cpp %.5f)",
                followed, prompts, divergence / prompts, peer / prompts);
        assertThat(followed).isPositive();
        assertThat(divergence / prompts).as("mean divergence after a prompt").isLessThan(peer / prompts / 2);
    }

    @Test
    void textIsAsLikelyAsInFloat32() throws IOException {
        Path path = Golden.require(MODEL);
        int[] ids = tokens(path);
        double divergence = 0;
        double surprise = 0;
        double surpriseInTruth = 0;
        double squares = 0;
        int agreed = 0;
        int scored = 0;
        try (ReferenceModel oracle = ReferenceModel.open(path);
                EngineRun engine = EngineRun.open(path, 2)) {
            int all = ids.length / WINDOW;
            for (int w : IntStream.range(0, WINDOWS).map(i -> i * all / WINDOWS).toArray()) {
                int[] window = Arrays.copyOfRange(ids, w * WINDOW, (w + 1) * WINDOW);
                float[][] truth = oracle.logits(window, FIRST_SCORED - 1);
                float[][] actual = engine.logits(window, FIRST_SCORED - 1);
                for (int t = FIRST_SCORED; t < WINDOW; t++) {
                    float[] p = truth[t - FIRST_SCORED];
                    float[] q = actual[t - FIRST_SCORED];
                    double more = Distance.surprise(q, window[t]) - Distance.surprise(p, window[t]);
                    surpriseInTruth += Distance.surprise(p, window[t]);
                    surprise += Distance.surprise(q, window[t]);
                    squares += more * more;
                    divergence += Distance.divergence(p, q);
                    agreed += Distance.argmax(p) == Distance.argmax(q) ? 1 : 0;
                    scored++;
                }
            }
        }
        double more = (surprise - surpriseInTruth) / scored;
        double error = Math.sqrt(squares / scored - more * more) / Math.sqrt(scored);
        print(
                "%d windows, %d tokens: perplexity %.4f, float32 %.4f (%+.3f %% +- %.3f); mean KL %.6f nats; top-1 equal %.2f %%",
                WINDOWS,
                scored,
                Math.exp(surprise / scored),
                Math.exp(surpriseInTruth / scored),
                100 * Math.expm1(more),
                100 * error,
                divergence / scored,
                100.0 * agreed / scored);
        assertThat(divergence / scored).as("mean KL divergence, nats").isLessThanOrEqualTo(DIVERGENCE);
        // The whole text keeps the promise as it stands; a part of it must not contradict it.
        double allowed = Math.log1p(PERPLEXITY) + (WINDOWS == ids.length / WINDOW ? 0 : 3 * error);
        assertThat(more).as("mean surprise above float32's, nats").isLessThanOrEqualTo(allowed);
        assertThat(agreed).as("tokens of %d with the same favourite", scored).isGreaterThan(scored * 97 / 100);
    }

    private static int[] tokens(Path model) throws IOException {
        JsonNode golden = JsonMapper.shared()
                .readTree(Golden.require("data/golden/ppl_smollm2.json").toFile());
        byte[] text = Arrays.copyOf(Files.readAllBytes(Golden.require("data/text/alice29.txt")), 61440);
        try (GgufFile file = GgufFile.open(model)) {
            int[] ids = Tokenizers.from(file.metadata()).encode(new String(text, StandardCharsets.UTF_8), false);
            assertThat(ids).hasSize(golden.get("n_tokens").asInt());
            return ids;
        }
    }

    private static void print(String format, Object... values) {
        System.out.println("closeness: " + String.format(Locale.ROOT, format, values));
    }
}
