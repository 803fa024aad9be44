package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Unpacks llama.cpp's source first, so that its vocabularies are never skipped here. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bench/peers/unpack-llama-cpp is a shell script")
class TokenizerPeerVocabIT {
    @TestFactory
    Stream<DynamicTest> everyVocabularyGivesThePeersIds() throws Exception {
        Path script = Golden.repository().resolve("bench").resolve("peers").resolve("unpack-llama-cpp");
        Process unpack = new ProcessBuilder("bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(unpack.waitFor(10, TimeUnit.MINUTES))
                .as("%s ends within ten minutes", script)
                .isTrue();
        assertThat(unpack.exitValue()).as("exit status of %s", script).isZero();
        Path folder = PeerVocabularies.folder().orElseThrow();
        return PeerVocabularies.NAMES.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> PeerVocabularies.check(folder, name)));
    }
}
