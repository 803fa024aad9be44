package io.theseus.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files written by llama.cpp, the format's own authors. */
class GgufGoldenTest {
    @Test
    void readsAllTinyModels() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(Golden.require("data/golden/tiny"))) {
            files = all.filter(f -> f.toString().endsWith(".gguf")).toList();
        }
        assertThat(files).hasSizeGreaterThan(30);
        for (Path file : files) {
            try (GgufFile gguf = GgufFile.open(file)) {
                assertThat(gguf.metadata().strings("tokenizer.ggml.tokens").orElseThrow())
                        .as("%s", file)
                        .hasSize(320);
                long end = 0;
                for (TensorInfo tensor : gguf.tensors()) {
                    assertThat(gguf.data(tensor).byteSize()).isEqualTo(tensor.bytes());
                    assertThat(tensor.offset())
                            .as("%s of %s", tensor.name(), file)
                            .isGreaterThanOrEqualTo(end);
                    end = tensor.offset() + tensor.bytes();
                }
                // llama.cpp pads the last tensor as well, so what is left is less than one alignment.
                assertThat(gguf.bytes() - end).as("%s", file).isBetween(0L, 31L);
            }
        }
    }

    @Test
    void readsTheDefaultModel() {
        try (GgufFile gguf = GgufFile.open(Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            assertThat(gguf.metadata().requireString("general.architecture")).isEqualTo("llama");
            assertThat(gguf.metadata().strings("tokenizer.ggml.tokens").orElseThrow())
                    .hasSize(49_152)
                    .startsWith("<|endoftext|>", "<|im_start|>", "<|im_end|>");
            assertThat(gguf.metadata().strings("tokenizer.ggml.merges").orElseThrow())
                    .hasSize(48_900)
                    .startsWith("Ġ t", "Ġ a", "i n");
            assertThat(gguf.tensors()).hasSize(272);
            assertThat(gguf.tensor("token_embd.weight").orElseThrow().type()).isEqualTo(TensorType.Q8_0);
        }
    }
}
