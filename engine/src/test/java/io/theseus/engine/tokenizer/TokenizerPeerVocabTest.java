package io.theseus.engine.tokenizer;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Against llama.cpp's vocabularies where they happen to be unpacked; {@code TokenizerPeerVocabIT} sees to it that they are. */
class TokenizerPeerVocabTest {
    @TestFactory
    Stream<DynamicTest> everyVocabularyGivesThePeersIds() {
        Optional<Path> folder = PeerVocabularies.folder();
        Assumptions.assumeTrue(
                folder.isPresent(),
                "SKIPPED: needs llama.cpp's vocabularies; bench/peers/unpack-llama-cpp brings them");
        return PeerVocabularies.NAMES.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> PeerVocabularies.check(folder.orElseThrow(), name)));
    }
}
