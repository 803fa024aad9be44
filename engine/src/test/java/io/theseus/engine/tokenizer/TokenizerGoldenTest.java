package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.testkit.Golden;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class TokenizerGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void smollm2AgreesWithHuggingFaceAndLlamaCpp() {
        Tokenizer tokenizer = open(Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf"));
        List<String> lines = Golden.jsonLines("data/golden/tokenizer_smollm2.jsonl.gz");
        SoftAssertions soft = new SoftAssertions();
        for (String line : lines) {
            JsonNode golden = JSON.readTree(line);
            String text = golden.get("text").asString();
            int[] plain = tokenizer.encode(text, false);
            int[] special = tokenizer.encode(text, true);
            soft.assertThat(plain).as("plain ids of %s", line).isEqualTo(ids(golden.get("ids_plain")));
            soft.assertThat(special).as("special ids of %s", line).isEqualTo(ids(golden.get("ids_special")));
            byte[] expected = text.getBytes(StandardCharsets.UTF_8);
            boolean roundtrip = golden.get("roundtrip").asBoolean();
            soft.assertThat(Arrays.equals(bytes(tokenizer, special), expected))
                    .as("roundtrip of %s", line)
                    .isEqualTo(roundtrip);
        }
        soft.assertAll();
        assertThat(lines).hasSize(346);
    }

    @Test
    void everyTokenOfSmollm2HasItsBytes() throws Exception {
        Tokenizer tokenizer = open(Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf"));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int id = 0; id < tokenizer.size(); id++) {
            byte[] bytes = tokenizer.bytes(id);
            digest.update(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(bytes.length)
                    .array());
            digest.update(bytes);
        }
        assertThat(tokenizer.size()).isEqualTo(49152);
        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo("118e2e0c2f2471731e233f51f164670fc351b10c1d66f47e871e73bd526938a4");
    }

    @Test
    void smollm2KnowsTheRolesOfItsTokens() {
        Tokenizer tokenizer = open(Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf"));
        assertThat(tokenizer.eos()).hasValue(2);
        assertThat(tokenizer.addsBos()).isFalse();
        assertThat(tokenizer.addsEos()).isFalse();
        assertThat(tokenizer.addsSpacePrefix()).isFalse();
        assertThat(tokenizer.endOfGeneration()).contains(0, 2).doesNotContain(1);
        assertThat(tokenizer.isControl(1)).isTrue();
        assertThat(tokenizer.decode(tokenizer.encode("<|im_start|>user\nHi<|im_end|>", true), false))
                .isEqualTo("user\nHi");
        assertThat(tokenizer.decode(tokenizer.encode("<|im_start|>user\nHi<|im_end|>", true), true))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>");
    }

    @Test
    void miniLmAgreesWithHuggingFace() {
        Tokenizer tokenizer = open(Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf"));
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.addsEos()).isTrue();
        List<String> lines = Golden.jsonLines("data/golden/minilm_embeddings.jsonl.gz");
        for (String line : lines) {
            JsonNode golden = JSON.readTree(line);
            List<Integer> ids = new ArrayList<>();
            ids.add(tokenizer.bos().orElseThrow());
            for (int id : tokenizer.encode(golden.get("text").asString(), false)) {
                if (ids.size() < 255) {
                    ids.add(id);
                }
            }
            ids.add(tokenizer.eos().orElseThrow());
            assertThat(ids)
                    .as(golden.get("text").asString())
                    .containsExactly(
                            Arrays.stream(ids(golden.get("ids"))).boxed().toArray(Integer[]::new));
        }
        assertThat(lines).hasSize(40);
    }

    @Test
    void tinyModelsReadTheirPromptsBack() {
        List<String> lines = Golden.jsonLines("data/golden/tiny/tiny_goldens.jsonl.gz");
        for (String line : lines) {
            JsonNode golden = JSON.readTree(line);
            Tokenizer tokenizer =
                    open(Golden.require("data/golden/tiny/" + golden.get("file").asString()));
            for (JsonNode one : golden.get("cases")) {
                int[] ids = ids(one.get("ids"));
                String text = tokenizer.decode(ids, true);
                assertThat(tokenizer.encode(text, true))
                        .as("%s: %s", golden.get("file"), text)
                        .isEqualTo(ids);
            }
        }
        assertThat(lines).isNotEmpty();
    }

    static Tokenizer open(Path file) {
        try (GgufFile gguf = GgufFile.open(file)) {
            return Tokenizers.from(gguf.metadata());
        }
    }

    private static byte[] bytes(Tokenizer tokenizer, int[] ids) {
        var out = new ByteArrayOutputStream();
        for (int id : ids) {
            out.writeBytes(tokenizer.bytes(id));
        }
        return out.toByteArray();
    }

    private static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).asInt();
        }
        return ids;
    }
}
