package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;

/**
 * llama.cpp's own tokenizer tests: vocabulary-only GGUFs with texts ({@code .inp}) and the ids that the models' reference
 * tokenizers give ({@code .out}, a line a text). They come with its source, which {@code bench/peers/unpack-llama-cpp} unpacks.
 *
 * <p>Source: llama.cpp, tests/test-tokenizer-0.cpp: texts stand between lines {@code __ggml_vocab_test__}; no BOS or EOS is added
 * and special tokens are not parsed.
 */
final class PeerVocabularies {
    static final List<String> NAMES = List.of(
            "llama-bpe",
            "llama-spm",
            "qwen2",
            "phi-3",
            "gpt-2",
            "deepseek-llm",
            "deepseek-coder",
            "falcon",
            "starcoder",
            "command-r",
            "bert-bge",
            "refact",
            "mpt",
            "qwen35",
            "gemma-4");

    private static final String MODELS = "llama_cpp_python-0.3.36/vendor/llama.cpp/models";

    private PeerVocabularies() {}

    /** The folder with the vocabularies, if the source is unpacked. */
    static Optional<Path> folder() {
        String set = System.getenv("THESEUS_PEERS_DIR");
        Path work = set != null
                ? Path.of(set)
                : Golden.repository().resolve("bench").resolve("peers").resolve("work");
        Path models = work.resolve(Path.of(MODELS));
        return Files.isDirectory(models) ? Optional.of(models) : Optional.empty();
    }

    /** Fails unless every text of vocabulary {@code name} gives the expected ids. */
    static void check(Path folder, String name) throws IOException {
        Path file = folder.resolve("ggml-vocab-" + name + ".gguf");
        Tokenizer tokenizer = TokenizerGoldenTest.open(file);
        String inputs = Files.readString(Path.of(file + ".inp"), StandardCharsets.UTF_8);
        String[] pieces = inputs.split("\n__ggml_vocab_test__\n", -1);
        // The separator ends each text, so nothing stands behind the last.
        String[] texts = pieces[pieces.length - 1].isEmpty() ? Arrays.copyOf(pieces, pieces.length - 1) : pieces;
        List<String> lines = Files.readAllLines(Path.of(file + ".out"));
        assertThat(lines).hasSameSizeAs(texts).hasSizeGreaterThan(40);
        SoftAssertions soft = new SoftAssertions();
        for (int i = 0; i < texts.length; i++) {
            String line = lines.get(i).strip();
            int[] expected = line.isEmpty()
                    ? new int[0]
                    : Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
            soft.assertThat(tokenizer.encode(texts[i], false))
                    .as("%s: \"%s\"", name, texts[i])
                    .isEqualTo(expected);
        }
        soft.assertAll();
    }
}
