package io.theseus.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.ModelOptions.Kernel;
import io.theseus.testkit.TinyEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderFileTest {
    private static final List<String> TEXTS = List.of("The cats sat.", "a dog", "", "the sitting cat sat. A dog sat!");

    @TempDir
    Path folder;

    private final TinyEncoder tiny = new TinyEncoder();

    private static List<float[]> embed(Path file) {
        try (TextEmbedder embedder = TextEmbedder.load(file, 1, Kernel.SCALAR)) {
            assertThat(embedder.ids("The cats sat.")).containsExactly(2, 5, 6, 9, 8, 11, 3);
            return embedder.embed(TEXTS);
        }
    }

    @Test
    void theSameWeightsGiveTheSameBitsFromEachKindOfFile() throws IOException {
        List<float[]> expected = embed(tiny.gguf(folder.resolve("tiny.gguf")));

        Path published = Files.createDirectory(folder.resolve("published"));
        tiny.safetensors(published.resolve("model.safetensors"), "", Map.of());
        for (Map.Entry<String, String> text : tiny.texts().entrySet()) {
            Files.writeString(published.resolve(text.getKey()), text.getValue());
        }
        assertThat(embed(published)).usingRecursiveComparison().isEqualTo(expected);

        Path single = tiny.safetensors(folder.resolve("single.safetensors"), "bert.", tiny.texts());
        assertThat(embed(single)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(expected.getFirst()).hasSize(TinyEncoder.HIDDEN);
    }

    @Test
    void saysWhatAFolderLacks() throws IOException {
        tiny.safetensors(folder.resolve("model.safetensors"), "", Map.of());
        assertThatThrownBy(() -> TextEmbedder.load(folder, 1, Kernel.SCALAR))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("no config.json");
        String config = tiny.texts().get("config.json");
        for (String broken : List.of(
                config.replace("gelu", "relu"),
                config.replace("\"bert\"", "\"roberta\""),
                config.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"),
                config.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"),
                config.replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 7"),
                config.replace("\"hidden_size\": 64", "\"hidden_size\": 64.5"),
                config.replace("1e-12", "\"small\""),
                "[]",
                "{")) {
            Files.writeString(folder.resolve("config.json"), broken);
            Files.writeString(folder.resolve("vocab.txt"), tiny.texts().get("vocab.txt"));
            assertThatThrownBy(() -> TextEmbedder.load(folder, 1, Kernel.SCALAR))
                    .as(broken)
                    .isInstanceOfSatisfying(
                            TheseusException.class,
                            e -> assertThat(e.code()).isIn(ErrorCode.MODEL_INVALID, ErrorCode.MODEL_UNSUPPORTED));
        }
    }
}
