package io.theseus.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.TheseusException;
import io.theseus.engine.model.ModelOptions.Kernel;
import io.theseus.testkit.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class TextEmbedderGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void agreesWithFloat32OnTheSameWeights() {
        List<JsonNode> lines = Golden.jsonLines("data/golden/minilm_embeddings.jsonl.gz").stream()
                .map(JSON::readTree)
                .toList();
        SoftAssertions soft = new SoftAssertions();
        double worst = 1;
        try (TextEmbedder embedder =
                TextEmbedder.load(Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf"), 2, Kernel.AUTO)) {
            List<float[]> together = embedder.embed(
                    lines.stream().map(l -> l.get("text").asString()).toList());
            for (int i = 0; i < lines.size(); i++) {
                JsonNode line = lines.get(i);
                String text = line.get("text").asString();
                List<Integer> ids = new ArrayList<>();
                line.get("ids").forEach(id -> ids.add(id.asInt()));
                soft.assertThat(embedder.ids(text))
                        .as("ids of %s", text)
                        .containsExactly(ids.stream().mapToInt(id -> id).toArray());
                soft.assertThat(embedder.embed(text))
                        .as("alone and in a batch: %s", text)
                        .isEqualTo(together.get(i));
                double cosine = cosine(together.get(i), floats(line.get("dequant_fp32")));
                soft.assertThat(cosine).as("cosine of %s", text).isGreaterThanOrEqualTo(0.999);
                worst = Math.min(worst, cosine);
            }
        }
        soft.assertAll();
        assertThat(lines).hasSize(40);
        // Where it stands, so that a loss of precision is noticed long before the bound.
        assertThat(worst).isGreaterThan(0.9995);
    }

    @Test
    void theBitsDependOnNeitherKernelNorThreadsNorCompany() throws Exception {
        Path model = Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf");
        List<String> texts = List.of("", "Is Earth a black hole?");
        List<float[]> scalar;
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (TextEmbedder embedder = TextEmbedder.load(model, 1, Kernel.SCALAR)) {
            scalar = embedder.embed(texts);
            for (float[] embedding : scalar) {
                ByteBuffer bytes = ByteBuffer.allocate(4 * embedding.length);
                bytes.asFloatBuffer().put(embedding);
                digest.update(bytes.array());
            }
        }
        try (TextEmbedder embedder = TextEmbedder.load(model, 3, Kernel.VECTOR)) {
            for (int i = 0; i < texts.size(); i++) {
                assertThat(embedder.embed(texts.get(i))).as("text %d", i).isEqualTo(scalar.get(i));
            }
            assertThat(HexFormat.of().formatHex(embedder.root())).startsWith("fa500668b7870d7b");
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).startsWith("ebea611d132a9776");
    }

    @Test
    void aLongTextIsCutAfter256Tokens() {
        try (TextEmbedder embedder =
                TextEmbedder.load(Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf"), 1, Kernel.AUTO)) {
            int[] ids = embedder.ids("word ".repeat(1000));
            assertThat(ids).hasSize(TextEmbedder.MAX_TOKENS).startsWith(101).endsWith(102);
            assertThatThrownBy(() -> embedder.embedIds(List.of(new int[257])))
                    .isInstanceOf(TheseusException.class)
                    .hasMessageContaining("257 tokens");
            assertThatThrownBy(() -> embedder.embedIds(List.of(new int[] {101, 30522, 102})))
                    .isInstanceOf(TheseusException.class)
                    .hasMessageContaining("30522");
            assertThatThrownBy(() -> embedder.embedIds(List.of(new int[0]))).isInstanceOf(TheseusException.class);
            assertThat(embedder.embedIds(List.of())).isEmpty();
        }
    }

    private static float[] floats(JsonNode base64) {
        ByteBuffer bytes =
                ByteBuffer.wrap(Base64.getDecoder().decode(base64.asString())).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }
}
