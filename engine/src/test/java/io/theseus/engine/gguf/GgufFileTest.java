package io.theseus.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.testkit.GgufWriter;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
    private static final ValueLayout.OfFloat LITTLE_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @TempDir
    Path folder;

    private final GgufWriter writer = new GgufWriter();
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("model.gguf");
    }

    private GgufFile open() {
        return GgufFile.open(writer.write(file));
    }

    private void refused(ErrorCode code, String... parts) {
        refused(writer.bytes(), code, parts);
    }

    private void refused(byte[] bytes, ErrorCode code, String... parts) {
        assertThatThrownBy(() -> GgufFile.open(Files.write(file, bytes)).close())
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("model.gguf")
                .hasMessageContainingAll(parts);
    }

    private static float[] ramp(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
        }
        return values;
    }

    @Test
    void readsEveryKindOfValueAndTensor() {
        writer.alignment(64)
                .u32("u32", 0xFFFF_FFFFL)
                .i32("i32", -7)
                .u64("u64", 1L << 62)
                .raw("u8", GgufWriter.U8, new byte[] {-1})
                .raw("i8", GgufWriter.I8, new byte[] {-1})
                .raw("u16", GgufWriter.U16, new byte[] {-1, -1})
                .raw("i16", GgufWriter.I16, new byte[] {-2, -1})
                .f32("f32", 0.1f)
                .f64("f64", 0.1)
                .bool("bool", true)
                .string("string", "héllo \uFFFD 🐍")
                .strings("strings", List.of("", "a", "ß"))
                .f32s("f32s", 1f, -0f)
                .i32s("i32s", 3, -3)
                .array("bools", GgufWriter.BOOL, 2, new byte[] {0, 1})
                .array("bytes", GgufWriter.U8, 3, new byte[] {1, 2, -1})
                .array("f64s", GgufWriter.F64, 1, writer.int64(Double.doubleToRawLongBits(2.5)))
                .array(
                        "nested",
                        GgufWriter.ARRAY,
                        2,
                        GgufWriter.join(List.of(
                                writer.int32(GgufWriter.U8),
                                writer.int64(1),
                                new byte[] {9},
                                writer.int32(GgufWriter.STRING),
                                writer.int64(1),
                                writer.text("x".getBytes(StandardCharsets.UTF_8)))))
                .tensor("a", new long[] {3, 2}, ramp(6))
                .tensor("b", TensorType.Q8_0.id(), new long[] {32}, new byte[34]);
        GgufMetadata metadata;
        try (GgufFile gguf = open()) {
            metadata = gguf.metadata();
            assertThat(gguf.version()).isEqualTo(3);
            assertThat(gguf.tensors()).extracting(TensorInfo::name).containsExactly("a", "b");
            TensorInfo a = gguf.tensor("a").orElseThrow();
            assertThat(a.shape()).containsExactly(3L, 2L);
            assertThat(a.offset() % 64).isZero();
            assertThat(gguf.data(a).toArray(LITTLE_FLOAT)).containsExactly(ramp(6));
            assertThat(gguf.data(gguf.tensor("b").orElseThrow()).byteSize()).isEqualTo(34);
            assertThat(gguf.tensor("c")).isEmpty();
        }
        // Metadata outlives the file.
        assertThat(metadata.integer("u32")).hasValue(0xFFFF_FFFFL);
        assertThat(metadata.integer("i32")).hasValue(-7);
        assertThat(metadata.integer("u64")).hasValue(1L << 62);
        assertThat(metadata.integer("u8")).hasValue(255);
        assertThat(metadata.integer("i8")).hasValue(-1);
        assertThat(metadata.integer("u16")).hasValue(65_535);
        assertThat(metadata.integer("i16")).hasValue(-2);
        assertThat(metadata.real("f32")).hasValue(0.1f);
        assertThat(metadata.real("f64")).hasValue(0.1);
        assertThat(metadata.bool("bool")).contains(true);
        assertThat(metadata.string("string")).contains("héllo \uFFFD 🐍");
        assertThat(metadata.strings("strings").orElseThrow()).containsExactly("", "a", "ß");
        assertThat(metadata.floats("f32s").orElseThrow()).containsExactly(1f, -0f);
        assertThat(metadata.integers("i32s").orElseThrow()).containsExactly(3, -3);
        assertThat(metadata.integers("bytes").orElseThrow()).containsExactly(1, 2, 255);
        assertThat(metadata.entries().get("bools")).isEqualTo(new boolean[] {false, true});
        assertThat(metadata.entries().get("f64s")).isEqualTo(new double[] {2.5});
        List<?> nested = (List<?>) metadata.entries().get("nested");
        assertThat((long[]) nested.get(0)).containsExactly(9);
        assertThat((String[]) nested.get(1)).containsExactly("x");
    }

    @Test
    void readsAVocabularyWithoutTensors() {
        writer.version(2).string("general.architecture", "llama");
        try (GgufFile gguf = open()) {
            assertThat(gguf.tensors()).isEmpty();
            assertThat(gguf.metadata().requireString("general.architecture")).isEqualTo("llama");
        }
    }

    @Test
    void refusesEveryTruncation() {
        writer.string("a", "text")
                .strings("b", List.of("x", "yy"))
                .f32s("c", 1, 2)
                .tensor("t", new long[] {8}, ramp(8));
        byte[] whole = writer.bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> GgufFile.open(Files.write(file, cut)))
                    .as("cut to %d bytes", length)
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_INVALID));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1000})
    void refusesCountsThatTheFileCannotHold(long count) {
        writer.claimEntries(count).u32("a", 1);
        refused(ErrorCode.MODEL_INVALID, "metadata count is " + Long.toUnsignedString(count));
        writer.claimEntries(1).claimTensors(count);
        refused(ErrorCode.MODEL_INVALID, "tensor count is " + Long.toUnsignedString(count));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                GgufWriter.U8,
                GgufWriter.U16,
                GgufWriter.U32,
                GgufWriter.U64,
                GgufWriter.F32,
                GgufWriter.F64,
                GgufWriter.BOOL,
                GgufWriter.STRING,
                GgufWriter.ARRAY
            })
    void refusesArraysLongerThanTheFile(int type) {
        for (long length : new long[] {-1, Long.MAX_VALUE, (1L << 61) + 1, 1 << 20}) {
            GgufWriter lying = new GgufWriter().array("big", type, length, new byte[24]);
            refused(
                    lying.bytes(),
                    ErrorCode.MODEL_INVALID,
                    "length of metadata big is " + Long.toUnsignedString(length));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, 1L << 32, 100})
    void refusesTextsLongerThanTheFile(long length) {
        refused(
                new GgufWriter()
                        .raw("a", GgufWriter.STRING, writer.int64(length))
                        .bytes(),
                ErrorCode.MODEL_INVALID,
                "metadata a",
                Long.toUnsignedString(length));
        refused(
                new GgufWriter()
                        .array("a", GgufWriter.STRING, 2, GgufWriter.join(List.of(writer.int64(length), new byte[9])))
                        .bytes(),
                ErrorCode.MODEL_INVALID,
                "metadata a");
    }

    @Test
    void refusesMalformedEntries() {
        refused(new GgufWriter().u32("a", 1).u32("a", 2).bytes(), ErrorCode.MODEL_INVALID, "key a appears twice");
        refused(new GgufWriter().raw("a", 13, new byte[8]).bytes(), ErrorCode.MODEL_INVALID, "value type 13");
        refused(new GgufWriter().raw("a", -1, new byte[8]).bytes(), ErrorCode.MODEL_INVALID, "value type -1");
        refused(
                new GgufWriter().array("a", 77, 0, new byte[8]).bytes(),
                ErrorCode.MODEL_INVALID,
                "element of metadata a has value type 77");
        refused(
                new GgufWriter().raw("a", GgufWriter.BOOL, new byte[] {2}).bytes(),
                ErrorCode.MODEL_INVALID,
                "boolean with value 2");
        byte[] deep = writer.int32(GgufWriter.U8);
        for (int i = 0; i < 100; i++) {
            deep = GgufWriter.join(List.of(writer.int32(GgufWriter.ARRAY), writer.int64(1), deep));
        }
        refused(
                new GgufWriter()
                        .raw("a", GgufWriter.ARRAY, GgufWriter.join(List.of(deep, new byte[8])))
                        .bytes(),
                ErrorCode.MODEL_INVALID,
                "nests arrays deeper than 4");
    }

    @Test
    void refusesTextThatIsNotUtf8WhereItIsUsed() {
        byte[] latin1 = writer.text("José".getBytes(StandardCharsets.ISO_8859_1));
        writer.raw("author", GgufWriter.STRING, latin1).array("tokens", GgufWriter.STRING, 1, latin1);
        try (GgufFile gguf = open()) {
            assertThatThrownBy(() -> gguf.metadata().string("author"))
                    .hasMessageContainingAll("model.gguf", "metadata author", "not UTF-8");
            assertThatThrownBy(() -> gguf.metadata().strings("tokens")).hasMessageContaining("not UTF-8");
            assertThat(gguf.metadata().entries().get("author")).isEqualTo("Jos\uFFFD");
        }
        byte[] key = GgufWriter.join(List.of(latin1, writer.int32(GgufWriter.U8), new byte[1]));
        byte[] bytes = GgufWriter.join(List.of(new GgufWriter().claimEntries(1).bytes(), key));
        refused(bytes, ErrorCode.MODEL_INVALID, "metadata key 0", "not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 24, 48, 1 << 21, -32})
    void refusesOddAlignments(int alignment) {
        refused(
                new GgufWriter().u32("general.alignment", alignment).bytes(),
                ErrorCode.MODEL_INVALID,
                "general.alignment");
        refused(
                new GgufWriter().string("general.alignment", "32").bytes(),
                ErrorCode.MODEL_INVALID,
                "general.alignment is a String, expected an integer");
    }

    @Test
    void refusesTensorsThatLieAboutTheirPlace() {
        GgufWriter base = new GgufWriter().tensor("a", new long[] {8}, ramp(8));
        refused(
                new GgufWriter()
                        .tensor("a", new long[] {9}, ramp(8))
                        .tensor("a", new long[] {1}, ramp(1))
                        .bytes(),
                ErrorCode.MODEL_INVALID,
                "tensor a appears twice");
        refused(base.tensorAt("b", 0, new long[] {1}, 16).bytes(), ErrorCode.MODEL_INVALID, "b is at offset 16, not a");
        refused(
                new GgufWriter()
                        .tensor("a", new long[] {8}, ramp(8))
                        .tensorAt("b", 0, new long[] {8}, 0)
                        .bytes(),
                ErrorCode.MODEL_INVALID,
                "tensors a and b overlap");
        for (long offset : new long[] {64, 1L << 62, Long.MAX_VALUE / 32 * 32, -32}) {
            refused(
                    new GgufWriter()
                            .tensor("a", new long[] {8}, ramp(8))
                            .tensorAt("b", 0, new long[] {1}, offset)
                            .bytes(),
                    ErrorCode.MODEL_INVALID,
                    "tensor b");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | size 0 in dimension 0",
                "-1 | size -1",
                "9223372036854775807 | size 9223372036854775807",
                "4294967296,4294967296 | size 4294967296 in dimension 1",
                "2147483647,2147483647,2147483647 | size 2147483647 in dimension 1",
                "1,1,1,1,1 | has 5 dimensions",
                "'' | has 0 dimensions",
                "1152921504606846975 | needs 4611686018427387900 bytes"
            })
    void refusesDimensionsThatOverflow(String dimensions, String problem) {
        long[] shape = dimensions.isEmpty()
                ? new long[0]
                : Arrays.stream(dimensions.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray();
        refused(new GgufWriter().tensor("t", 0, shape, new byte[32]).bytes(), ErrorCode.MODEL_INVALID, problem);
    }

    @Test
    void refusesRowsThatAreNotWholeBlocks() {
        writer.tensor("t", TensorType.Q4_K.id(), new long[] {288, 1}, new byte[400]);
        refused(ErrorCode.MODEL_INVALID, "rows of 288 values, not a multiple of the 256 in a Q4_K block");
    }

    @Test
    void namesTensorTypesItDoesNotKnow() {
        writer.tensor("t", 16, new long[] {256}, new byte[66]);
        refused(ErrorCode.MODEL_UNSUPPORTED, "tensor t", "IQ2_XXS", "Q4_K");
        refused(
                new GgufWriter().tensor("t", 99, new long[] {256}, new byte[66]).bytes(),
                ErrorCode.MODEL_UNSUPPORTED,
                "type number 99");
    }

    @Test
    void tellsOtherKindsOfFileApart() {
        refused(new byte[0], ErrorCode.MODEL_INVALID, "empty");
        refused("GG".getBytes(StandardCharsets.UTF_8), ErrorCode.MODEL_INVALID, "47475546");
        refused(new GgufWriter().version(1).bytes(), ErrorCode.MODEL_UNSUPPORTED, "GGUF version 1");
        refused(new GgufWriter().version(4).bytes(), ErrorCode.MODEL_UNSUPPORTED, "version 4", "newer Theseus");
        refused(new GgufWriter().version(0).bytes(), ErrorCode.MODEL_UNSUPPORTED, "version 0");
        refused(
                new GgufWriter().order(ByteOrder.BIG_ENDIAN).u32("a", 1).bytes(),
                ErrorCode.MODEL_UNSUPPORTED,
                "big-endian");
        refused(text("version https://git-lfs.github.com/spec/v1\n"), ErrorCode.MODEL_INVALID, "Git LFS pointer");
        refused(text("<!DOCTYPE html><html>"), ErrorCode.MODEL_INVALID, "web page");
        refused(text("tjgg\3\0\0\0"), ErrorCode.MODEL_UNSUPPORTED, "GGML format");
        refused(text("PK\3\4archive/data.pkl"), ErrorCode.MODEL_UNSUPPORTED, "zip archive");
        refused(text("\10\0\0\0\0\0\0\0{\"a\": {}}"), ErrorCode.MODEL_UNSUPPORTED, "safetensors");
        refused(text("hello, world"), ErrorCode.MODEL_INVALID, "not a GGUF file", "68656c6c");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void saysThatPartsMustBeJoined() {
        writer.raw("split.no", GgufWriter.U16, new byte[] {1, 0}).raw("split.count", GgufWriter.U16, new byte[] {3, 0});
        refused(ErrorCode.MODEL_UNSUPPORTED, "part 2 of 3", "join the parts");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND))
                .hasMessageContaining("none.gguf");
        assertThatThrownBy(() -> GgufFile.open(folder))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND))
                .hasMessageContaining("is a folder");
    }

    @Test
    void noticesAFileThatIsCutShortWhileOpen() throws IOException {
        writer.tensor("t", new long[] {4096}, ramp(4096));
        try (GgufFile gguf = open()) {
            TensorInfo t = gguf.tensors().getFirst();
            assertThat(gguf.data(t).byteSize()).isEqualTo(16_384);
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                other.truncate(1024);
            }
            assertThatThrownBy(() -> gguf.data(t))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO_FAILED))
                    .hasMessageContaining("to 1024 bytes while in use");
        }
    }

    @Test
    void closesTwice() {
        GgufFile gguf = open();
        gguf.close();
        gguf.close();
    }
}
