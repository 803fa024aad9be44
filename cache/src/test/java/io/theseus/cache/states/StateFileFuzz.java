package io.theseus.cache.states;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that are no state are passed over, never believed and never anything worse. */
class StateFileFuzz {
    private static final int[] TOKENS = {5, 0, 49_151, 7};
    private static final byte[] STATE =
            "some state, and it has bytes".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final StateKeys KEYS = StateKeys.of(Digest.ofText("m"), "arithmetic", new byte[0], TOKENS.length);
    private static final StateFile.Head HEAD =
            new StateFile.Head(KEYS.root(), KEYS.root(), KEYS.chain(TOKENS).getFirst(), 0);
    private static final byte[] WHOLE = StateFile.encode(HEAD, TOKENS, STATE);

    @Test
    void theFormatIsWhatIsWrittenDown() {
        // Files of earlier versions have to stay readable, or get another magic.
        assertThat(Digest.sha256(WHOLE).hex())
                .isEqualTo("0010404eae0fe082de1a4c2163c918f80435457ebad6eb54ecdffad75edc7618");
        assertThat(HEAD.key().hex()).isEqualTo("ec356f70909b289591238ad92ba37bad2afa478eba985d33dc0031c89fbbb569");
        assertThat(StateFile.decode(WHOLE, HEAD, TOKENS))
                .hasValueSatisfying(state -> assertThat(state).isEqualTo(STATE));
    }

    @Test
    void everyFlippedBitIsFound() {
        for (int bit = 0; bit < WHOLE.length * 8; bit++) {
            byte[] bytes = WHOLE.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(StateFile.decode(bytes, HEAD, TOKENS)).as("bit %d", bit).isEmpty();
        }
    }

    @Test
    void mutationsAreNotBelieved(@TempDir Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = Arrays.copyOf(WHOLE, random.nextInt(WHOLE.length + 8));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            read(bytes);
            if (i % 40 == 0) {
                open(folder, bytes);
            }
        }
    }

    @FuzzTest
    void anyBytesAreReadOrPassedOver(byte[] bytes) throws IOException {
        read(bytes);
        Path folder = Files.createTempDirectory("states");
        try {
            open(folder, bytes);
        } finally {
            Files.deleteIfExists(folder.resolve("file"));
            Files.delete(folder);
        }
    }

    private static void read(byte[] bytes) {
        Optional<byte[]> state = StateFile.decode(bytes, HEAD, TOKENS);
        assertThat(state.isPresent()).isEqualTo(Arrays.equals(bytes, WHOLE));
        // As if all but the checksum had been made to fit.
        PinFile.parse(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    private static void open(Path folder, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("file"), bytes);
        StateFile.opening(file).ifPresent(opening -> {
            assertThat(opening.tokens()).isBetween(1, bytes.length);
            assertThat(opening.head().index()).isNotNegative();
        });
    }
}
