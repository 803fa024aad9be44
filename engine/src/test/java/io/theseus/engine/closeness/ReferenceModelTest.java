package io.theseus.engine.closeness;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The oracle itself against two that others wrote: transformers on the tiny models, torch on SmolLM2. */
class ReferenceModelTest {
    /** float32 rounding in another order: 3e-5 was seen; llama.cpp and transformers differ by up to 4e-5 on F32 files. */
    private static final float TINY_BOUND = 1e-4f;

    /** Thirty layers of it on logits of size 25: 6e-5 was seen; the two oracles behind the golden file differ by 1.5e-4. */
    private static final float SMOLLM2_BOUND = 2e-4f;

    @Test
    void agreesWithTransformersOnEveryTinyModel() {
        List<TinyGolden> models = TinyGolden.all();
        assertThat(models).hasSize(19);
        for (TinyGolden model : models) {
            try (ReferenceModel oracle = ReferenceModel.open(model.path())) {
                for (TinyGolden.Case c : model.cases()) {
                    float[][] logits = oracle.logits(c.ids(), 0);
                    assertThat(Distance.maximum(c.truth(), logits[logits.length - 1]))
                            .as("%s, %d tokens", model.file(), c.ids().length)
                            .isLessThan(TINY_BOUND);
                    for (int t = 0; t < logits.length; t++) {
                        assertThat(Distance.argmax(logits[t]))
                                .as("%s, token %d of %d", model.file(), t, logits.length)
                                .isEqualTo(c.truthArgmax()[t]);
                    }
                }
            }
        }
    }

    @Test
    void agreesWithTorchOnTheGoldenPrompts() throws IOException {
        JsonNode golden = JsonMapper.shared()
                .readTree(Golden.require("data/golden/smollm2_q4_1.json").toFile());
        int vocabulary = golden.get("n_vocab").asInt();
        ByteBuffer truth = ByteBuffer.wrap(
                        Files.readAllBytes(Golden.require("data/golden/smollm2_q4_1_fp32_logits.f32")))
                .order(ByteOrder.LITTLE_ENDIAN);
        try (ReferenceModel oracle = ReferenceModel.open(Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            for (int p = 0; p < 3; p++) { // the others take too long for the fast suite
                int[] ids = TinyGolden.ints(golden.get("prompts").get(p).get("ids"));
                float[] expected = new float[vocabulary];
                truth.slice(p * vocabulary * 4, vocabulary * 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(expected);
                float[] actual = oracle.logits(ids, ids.length - 1)[0];
                assertThat(Distance.maximum(expected, actual))
                        .as("prompt %d", p)
                        .isLessThan(SMOLLM2_BOUND);
            }
        }
    }
}
