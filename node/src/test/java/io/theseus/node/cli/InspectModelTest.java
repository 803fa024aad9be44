package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectModelTest {
    private final JsonMapper mapper = JsonMapper.shared();

    @Test
    void showsMetadataTensorsAndSizes() throws Exception {
        Path file = Golden.require("data/golden/tiny/qwen2.F32.gguf");
        CliRun run = CliRun.of("inspect", "model", file.toString());
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        JsonNode page = mapper.readTree(run.out());
        assertThat(page.get("bytes").longValue()).isEqualTo(Files.size(file));
        assertThat(page.get("metadata").get("general.architecture").stringValue())
                .isEqualTo("qwen2");
        JsonNode tokens = page.get("metadata").get("tokenizer.ggml.tokens");
        assertThat(tokens.get("length").intValue()).isEqualTo(320);
        long bytes = 0;
        for (JsonNode tensor : page.get("tensors")) {
            bytes += tensor.get("bytes").longValue();
        }
        assertThat(bytes).isPositive().isEqualTo(page.get("tensor_bytes").longValue());
        assertThat(page.get("model_root").stringValue()).matches("[0-9a-f]{64}");
        JsonNode other = mapper.readTree(CliRun.of(
                        "inspect",
                        "model",
                        Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf").toString())
                .out());
        assertThat(other.get("model_root").isNull()).isTrue();
        assertThat(other.get("model_root_error").stringValue()).contains("bert");
        JsonNode whole = mapper.readTree(
                CliRun.of("inspect", "model", "--all", file.toString()).out());
        assertThat(whole.get("metadata").get("tokenizer.ggml.tokens").size()).isEqualTo(320);
    }

    @Test
    void aFileOfAnotherKindIsOneClearLine(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("notes.txt"), "this is no model, whatever its name says");
        CliRun run = CliRun.of("inspect", "model", file.toString());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("notes.txt").contains("GGUF");
    }
}
