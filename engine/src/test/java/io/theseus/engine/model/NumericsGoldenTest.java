package io.theseus.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.tensor.NativeLibraryHere;
import io.theseus.testkit.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The arithmetic contract on the real model: the residual after each layer and the logits, against hashes two other programs made. */
class NumericsGoldenTest {
    @ParameterizedTest
    @EnumSource(names = {"SCALAR", "VECTOR", "NATIVE"})
    void everyLayerHasTheBitsOfThePrototypes(ModelOptions.Kernel kernel) throws Exception {
        NativeLibraryHere.requireFor(kernel);
        List<String> golden = Files.readAllLines(Golden.require("prototypes/numerics/golden.txt"));
        Path model = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        int[] tokens = Stream.of(golden.getFirst().split(" "))
                .skip(1)
                .mapToInt(Integer::parseInt)
                .toArray();
        // The scalar definition is slow: its residuals are hashed over all tokens, which one batch computes.
        List<String> lines = new ArrayList<>();
        try (GgufFile file = GgufFile.open(model);
                LanguageModel engine = LanguageModel.load(file, new ModelOptions(0, 64 << 20, 2, kernel))) {
            MessageDigest[] digests = new MessageDigest[engine.config().layers() + 2];
            for (int i = 0; i < digests.length; i++) {
                digests[i] = MessageDigest.getInstance("SHA-256");
            }
            engine.observe((layer, rows, residual) ->
                    update(digests[layer + 1], residual, rows * engine.config().hidden()));
            float[] last = new float[engine.vocabularySize()];
            var sequence = engine.newSequence();
            engine.step(List.of(new StepModel.Chunk(sequence, tokens, 0, (index, logits) -> {
                update(digests[digests.length - 1], logits, logits.length);
                System.arraycopy(logits, 0, last, 0, last.length);
            })));
            lines.add(golden.getFirst());
            for (int i = 0; i < digests.length; i++) {
                String name = i == 0 ? "embedding" : i < digests.length - 1 ? "layer " + (i - 1) : "logits";
                lines.add(name + " " + HexFormat.of().formatHex(digests[i].digest()));
            }
            int best = 0;
            for (int i = 1; i < last.length; i++) {
                best = last[i] > last[best] ? i : best;
            }
            lines.add("argmax after the last token " + best + " logit bits 0x"
                    + Integer.toHexString(Float.floatToRawIntBits(last[best])));
        }
        assertThat(lines).isEqualTo(golden);
    }

    private static void update(MessageDigest digest, float[] values, int n) {
        ByteBuffer bytes = ByteBuffer.allocate(n * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(Arrays.copyOf(values, n));
        digest.update(bytes.array());
    }
}
