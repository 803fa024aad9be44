package io.theseus.node.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.TheseusException;
import io.theseus.node.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
    private static final String SUM = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    @TempDir
    Path home;

    @Test
    void knowsTheDefaultModel() {
        CatalogueEntry entry =
                Catalogue.load(home).find(Setting.MODEL.defaultText()).orElseThrow();
        assertThat(entry.licence()).isEqualTo("Apache-2.0");
        assertThat(entry.bytes()).hasValue(98_362_432);
        assertThat(entry.sha256()).contains("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
        assertThat(entry.sources().getFirst()).isInstanceOf(ModelSource.Wheel.class);
    }

    @Test
    void letsTheUserAddAndReplaceEntries() throws IOException {
        Files.writeString(home.resolve(Catalogue.FILE), """
                # mine
                [tiny]
                source = https://example.org/tiny-v2.gguf
                source = hf:org/tiny/tiny-v2.gguf
                size = 1000
                sha256 = %s
                licence = MIT

                [smollm2-135m-instruct]
                source = file:/models/mine.gguf
                """.formatted(SUM));
        Catalogue catalogue = Catalogue.load(home);
        assertThat(catalogue.entries()).hasSize(3);
        CatalogueEntry tiny = catalogue.find("TINY").orElseThrow();
        assertThat(tiny.file()).isEqualTo("tiny-v2.gguf");
        assertThat(tiny.sources()).hasSize(2);
        assertThat(tiny.sha256()).contains(SUM.toLowerCase());
        assertThat(catalogue.find(Setting.MODEL.defaultText()).orElseThrow().file())
                .isEqualTo("mine.gguf");
        assertThat(catalogue.nearest("tinny")).contains("tiny");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "source = https://example.org/a.gguf | catalogue.ini:1: stands before the first",
                "[a];sources = https://example.org/a.gguf | catalogue.ini:2: there is no key \"sources\"; did you mean source?",
                "[a];licence = MIT | catalogue.ini:2: model a has no source",
                "[a];source = gopher://a | is not a source of a model",
                "[a];source = hf:o/r/a.gguf;size = big | size is \"big\"",
                "[a];source = hf:o/r/a.gguf;size = -1 | size of -1 bytes",
                "[a];source = hf:o/r/a.gguf;sha256 = 123 | expected 64 hexadecimal digits",
                "[a];source = hf:o/r/a.gguf;file = ../../a | cannot name a model",
                "[../a];source = hf:o/r/a.gguf | cannot name a model",
                "[nul];source = hf:o/r/a.gguf | cannot name a model",
                "[a];source = hf:o/r/a.zip | does not end in .gguf",
                "[a];source = hf:o/r/a.gguf;licence = MIT;licence = GPL | catalogue.ini:4: licence is set twice"
            })
    void namesMistakesWithTheirLine(String text, String problem) throws IOException {
        Files.writeString(home.resolve(Catalogue.FILE), text.replace(';', '\n'));
        assertThatThrownBy(() -> Catalogue.load(home))
                .isInstanceOf(TheseusException.class)
                .hasMessageContainingAll(Catalogue.FILE, problem);
    }
}
