package io.theseus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class GoldenTest {
    @Test
    void findsTheRepositoryFromAModule() {
        assertThat(Files.exists(Golden.repository().resolve("testkit").resolve("pom.xml")))
                .isTrue();
    }

    @Test
    void skipsNamingWhatIsAbsent() {
        assertThat(Golden.path("data/no-such-file")).isEmpty();
        assertThatThrownBy(() -> Golden.require("data/no-such-file"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("../shared/data/no-such-file");
    }

    @Test
    void readsCompressedLinesWhereTheyAre() {
        assertThat(Golden.jsonLines("data/golden/tokenizer_smollm2.jsonl.gz")).hasSize(346);
    }
}
