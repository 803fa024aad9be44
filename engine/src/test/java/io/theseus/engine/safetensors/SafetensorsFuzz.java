package io.theseus.engine.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.gguf.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, opening a file ends in a checked file or in one clear error. {@code JAZZER_FUZZ=1} searches for more. */
class SafetensorsFuzz {
    private static final List<ErrorCode> EXPECTED = List.of(ErrorCode.MODEL_INVALID, ErrorCode.MODEL_UNSUPPORTED);
    private static final String TWO = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]}} ";
    private static final List<String> EDGES = List.of(
            "0", "-1", "1e3", "9223372036854775807", "4294967296", "[", "]", "{", "}", "\"", "\\", "F16", "null");

    @TempDir
    static Path folder;

    static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    static Stream<byte[]> seeds() {
        return Stream.of(
                file(TWO, 32),
                file("{}", 0),
                file("{\"c\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}", 4));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void opensOrRefuses(byte[] bytes) throws IOException {
        check(bytes);
    }

    @Test
    void survivesSeededMutations() throws IOException {
        long seed = 20_261_121;
        Random random = new Random(seed);
        List<byte[]> seeds = seeds().toList();
        int opened = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] mutant = mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                opened += check(mutant) ? 1 : 0;
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + ", round " + i, t);
            }
        }
        // Neither everything nor nothing: otherwise the mutations are too timid or too wild to test anything.
        assertThat(opened).isBetween(50, 1200);
    }

    private static byte[] mutate(byte[] original, Random random) {
        if (random.nextInt(3) == 0) {
            byte[] bytes = original.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            return random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        // A word of the header becomes another one, and the length still fits.
        int length =
                (int) ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        String json = new String(original, 8, length, StandardCharsets.UTF_8);
        int at = random.nextInt(json.length());
        int to = Math.min(json.length(), at + random.nextInt(3));
        String changed = json.substring(0, at) + EDGES.get(random.nextInt(EDGES.size())) + json.substring(to);
        return file(changed, original.length - 8 - length);
    }

    /** @return whether the bytes were a file */
    private static boolean check(byte[] bytes) throws IOException {
        Path path = folder.resolve("fuzz.safetensors");
        Files.write(path, bytes);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (TensorInfo tensor : file.tensors()) {
                assertThat(tensor.offset()).isBetween(8L, (long) bytes.length);
                assertThat(tensor.offset() + tensor.bytes()).isLessThanOrEqualTo(bytes.length);
                MemorySegment data = file.data(tensor);
                assertThat(data.byteSize())
                        .isEqualTo(tensor.elements() * tensor.type().blockBytes());
            }
            return true;
        } catch (TheseusException e) {
            assertThat(e.code()).isIn(EXPECTED);
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    @Test
    void readsShapesOffsetsAndMetadata() throws IOException {
        Path path = folder.resolve("two.safetensors");
        Files.write(path, file(TWO, 32));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            long start = 8L + TWO.length();
            assertThat(file.metadata()).containsExactly(java.util.Map.entry("format", "pt"));
            assertThat(file.tensors())
                    .containsExactly(
                            new TensorInfo("a", List.of(3L, 2L), TensorType.F32, start, 24),
                            new TensorInfo("b", List.of(1L), TensorType.I64, start + 24, 8));
        }
    }

    @Test
    void refusesWhatIsOutsideOrTwiceTheSameBytes() {
        refuses(TWO.replace("[24,32]", "[25,33]"), 32, "bytes 25 to 33 of 32");
        refuses(TWO.replace("[24,32]", "[16,24]"), 32, "overlap");
        refuses(TWO.replace("[2,3]", "[4294967296,4294967296]"), 32, "dimension of 4294967296");
        refuses(TWO.replace("I64", "F8_E4M3"), 32, "F8_E4M3");
        refuses(TWO.replace("\"pt\"", "7"), 32, "no text");
        refuses("[1]", 0, "no JSON object");
        refuses("{\"a\":", 0, "not JSON");
    }

    private static void refuses(String header, int dataBytes, String message) {
        assertThatThrownBy(() -> {
                    Path path = folder.resolve("refused.safetensors");
                    Files.write(path, file(header, dataBytes));
                    SafetensorsFile.open(path).close();
                })
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining(message);
    }
}
