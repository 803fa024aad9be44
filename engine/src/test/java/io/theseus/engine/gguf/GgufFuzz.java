package io.theseus.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.testkit.GgufWriter;
import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, opening a file ends in a checked file or in one clear error. {@code JAZZER_FUZZ=1} searches for more. */
class GgufFuzz {
    private static final List<ErrorCode> EXPECTED = List.of(ErrorCode.MODEL_INVALID, ErrorCode.MODEL_UNSUPPORTED);

    /** Numbers at which checks tend to break. */
    private static final long[] EDGES = {
        0,
        1,
        2,
        3,
        4,
        8,
        9,
        12,
        31,
        32,
        127,
        255,
        256,
        65_535,
        1 << 16,
        1 << 20,
        1 << 24,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 32,
        1L << 61,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 31,
        Long.MIN_VALUE,
        -1,
        -8
    };

    @TempDir
    static Path folder;

    static Stream<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        GgufWriter writer = new GgufWriter();
        seeds.add(writer.bytes());
        seeds.add(writer.string("a", "b")
                .strings("tokens", List.of("x", "yy", ""))
                .f32s("scores", 1, 2)
                .bool("flag", true)
                .array("n", GgufWriter.ARRAY, 1, GgufWriter.join(List.of(new byte[4], writer.int64(2), new byte[2])))
                .tensor("t", new long[] {4, 2}, new float[8])
                .tensor("u", TensorType.Q4_0.id(), new long[] {32}, new byte[18])
                .bytes());
        if (Golden.path("data/golden/tiny").isPresent()) {
            for (String name : List.of("llama-k.Q2_K.gguf", "qwen3moe.Q4_0.gguf")) {
                seeds.add(Files.readAllBytes(Golden.require("data/golden/tiny/" + name)));
            }
        }
        return seeds.stream();
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
        for (int i = 0; i < 800; i++) {
            byte[] mutant = mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                opened += check(mutant) ? 1 : 0;
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + ", round " + i, t);
            }
        }
        // Neither everything nor nothing: otherwise the mutations are too timid or too wild to test anything.
        assertThat(opened).isBetween(50, 750);
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        // Headers come first and are where the numbers are.
        int reach = Math.min(bytes.length, random.nextBoolean() ? 200 : 16_384);
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(reach);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> write(bytes, at, EDGES[random.nextInt(EDGES.length)], 8);
                case 3 -> write(bytes, at, EDGES[random.nextInt(EDGES.length)], 4);
                default -> bytes = Arrays.copyOf(bytes, Math.max(at, random.nextInt(bytes.length + 1)));
            }
            reach = Math.min(reach, bytes.length);
            if (reach == 0) {
                return bytes;
            }
        }
        return bytes;
    }

    private static void write(byte[] bytes, int at, long value, int length) {
        for (int i = 0; i < length && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    /** Returns whether the bytes made a file that can be opened. */
    private static boolean check(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("fuzz.gguf"), bytes);
        try (GgufFile gguf = GgufFile.open(file)) {
            for (TensorInfo tensor : gguf.tensors()) {
                assertThat(gguf.data(tensor).byteSize()).isEqualTo(tensor.bytes());
                long elements = tensor.elements();
                assertThat(elements / tensor.type().blockSize() * tensor.type().blockBytes())
                        .isEqualTo(tensor.bytes());
            }
            for (Map.Entry<String, Object> entry : gguf.metadata().entries().entrySet()) {
                if (entry.getValue() instanceof String[]) {
                    gguf.metadata().strings(entry.getKey());
                }
            }
            return true;
        } catch (TheseusException e) {
            assertThat(e.code()).isIn(EXPECTED);
            assertThat(e.getMessage()).contains("fuzz.gguf");
            return false;
        }
    }
}
