package io.theseus.engine.exactness;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.tensor.NativeKernels;
import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same bits from the interpreter, from each compiler and for each width of vectors: JVMs with other flags print the
 * fingerprints that are committed.
 */
class ExactnessIT {
    /** Shapes of blocks, 256 wide: 32 values with and without a minimum, 16 values, mixed. */
    private static final List<String> BLOCKS = List.of(
            "llama-k.Q4_1.gguf", "llama-k.Q5_0.gguf", "llama-k.Q6_K.gguf", "llama-k.Q4_K_M.gguf", "llama-k.Q8_0.gguf");

    /** Architectures and what they may have, 64 wide. */
    private static final List<String> ARCHITECTURES =
            List.of("llama-rope-llama3.F32.gguf", "llama-bias.F32.gguf", "qwen2-yarn.F32.gguf", "qwen3.F32.gguf");

    private static final int LIMIT_SECONDS = 240;

    /**
     * @param flags of the JVM
     * @param models and the longest of their prompts (2, 22 and 113 tokens) that is computed
     */
    private record Variant(List<String> flags, String kernel, int threads, List<String> models, int longest) {
        @Override
        public String toString() {
            return String.join(" ", flags) + " " + kernel.toLowerCase(Locale.ROOT) + ", " + threads + " threads, "
                    + models;
        }
    }

    @BeforeAll
    static void needsTheModels() {
        Golden.require("data/golden/tiny");
    }

    @TestFactory
    Stream<DynamicTest> everyCompilerAndVectorWidthGivesTheCommittedBits(@TempDir Path scratch) {
        List<Variant> variants = new ArrayList<>();
        List<String> all =
                Stream.concat(BLOCKS.stream(), ARCHITECTURES.stream()).toList();
        for (String kernel : List.of("SCALAR", "VECTOR")) {
            variants.add(new Variant(List.of("-Xint"), kernel, 2, BLOCKS, 2));
            variants.add(new Variant(List.of("-Xint"), kernel, 1, ARCHITECTURES, 22));
            variants.add(new Variant(List.of("-XX:TieredStopAtLevel=1"), kernel, 3, all, 22));
            // Compiles from the first call on, so that even short runs are run by the second compiler alone.
            variants.add(
                    new Variant(List.of("-XX:-TieredCompilation", "-XX:CompileThreshold=100"), kernel, 1, all, 113));
        }
        for (int avx = 0; avx <= 3; avx++) {
            variants.add(new Variant(List.of("-XX:UseAVX=" + avx), "VECTOR", 4, all, 113));
        }
        if (NativeKernels.available()) {
            variants.add(new Variant(List.of("-Xint"), "NATIVE", 2, all, 113));
            variants.add(new Variant(List.of("-XX:-TieredCompilation"), "NATIVE", 3, all, 113));
        }
        return variants.stream().map(v -> DynamicTest.dynamicTest(v.toString(), () -> check(v, scratch)));
    }

    private static void check(Variant variant, Path scratch) throws IOException, InterruptedException {
        for (String flag : variant.flags()) {
            if (flag.startsWith("-XX:UseAVX=")) {
                requireAvx(flag, scratch);
            }
        }
        SortedMap<String, String> expected = new TreeMap<>();
        Fingerprint.committed().forEach((key, hash) -> {
            String[] parts = key.split(" ", 2);
            if (variant.models().contains(parts[0]) && Integer.parseInt(parts[1]) <= variant.longest()) {
                expected.put(key, hash);
            }
        });
        List<String> arguments = new ArrayList<>(variant.flags());
        arguments.add("-cp");
        arguments.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        arguments.add(ExactnessProbe.class.getName());
        arguments.addAll(List.of(variant.kernel(), variant.threads() + "", variant.longest() + ""));
        arguments.addAll(variant.models());
        SortedMap<String, String> found = new TreeMap<>();
        for (String line : java(arguments, scratch).lines().toList()) {
            if (line.contains(".gguf ")) {
                int cut = line.indexOf(' ', line.indexOf(' ') + 1);
                found.put(line.substring(0, cut), line.substring(cut + 1));
            }
        }
        assertThat(found)
                .isEqualTo(expected)
                .hasSizeGreaterThanOrEqualTo(variant.models().size());
    }

    /** Skips where this processor has not the instructions, or no such flag exists (ARM): the JVM would use fewer. */
    private static void requireAvx(String flag, Path scratch) throws IOException, InterruptedException {
        String wanted = flag.substring(flag.indexOf('=') + 1);
        String flags =
                java(List.of("-XX:+IgnoreUnrecognizedVMOptions", flag, "-XX:+PrintFlagsFinal", "-version"), scratch);
        Matcher effective = Pattern.compile("\\bUseAVX\\s*=\\s*(\\d)").matcher(flags);
        String found = effective.find() ? effective.group(1) : "no such flag";
        Assumptions.assumeTrue(
                found.equals(wanted), () -> "SKIPPED: this processor lacks " + flag + " (the JVM says " + found + ")");
    }

    private static String java(List<String> arguments, Path scratch) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx512m"));
        command.add("-Dtheseus.kernels=" + System.getProperty("theseus.kernels", ""));
        command.addAll(arguments);
        Path output = Files.createTempFile(scratch, "jvm", ".out");
        Path errors = Files.createTempFile(scratch, "jvm", ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("%s ended within %d s", command, LIMIT_SECONDS).isTrue();
        assertThat(process.exitValue())
                .as("exit status; it said: %s", Files.readString(errors, StandardCharsets.UTF_8))
                .isZero();
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
