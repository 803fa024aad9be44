package io.theseus.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a settings file holds, it ends in settings or in one clear error. {@code JAZZER_FUZZ=1} searches for more. */
class ConfigurationFuzz {
    private static final List<String> VALUES = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "16",
            "65536",
            "99999999999999999999",
            "auto",
            "none",
            "true",
            "TRUE",
            "512MiB",
            "1e3",
            "9223372036854775807TiB",
            "15s",
            "999999999999999d",
            "http://h:1",
            "http://[::1",
            "://",
            "~/x",
            "\u0000",
            "é\uD800",
            "https://u:p@h/",
            "*",
            ",,,",
            "a,b",
            "%",
            "\\",
            "http://h:99999999");

    @TempDir
    static Path home;

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "",
                        "# a\nport = 1\n",
                        "\uFEFFkv-memory=1GiB\r\n[x]\nport = 2",
                        "http-proxy = u:p@h:1\ndeadline=1h")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void loadsOrRefuses(byte[] file) throws IOException {
        check(file, Map.of());
    }

    @Test
    void survivesSeededNonsense() throws IOException {
        long seed = 3;
        Random random = new Random(seed);
        int loaded = 0;
        for (int i = 0; i < 3_000; i++) {
            StringBuilder file = new StringBuilder();
            for (int n = random.nextInt(3); n > 0; n--) {
                file.append(setting(random).key())
                        .append(random.nextInt(20) == 0 ? " " : " = ")
                        .append(value(random))
                        .append('\n');
            }
            Map<String, String> environment = random.nextBoolean()
                    ? Map.of()
                    : Map.of(setting(random).variable(), value(random), "https_proxy", value(random));
            try {
                loaded += check(file.toString().getBytes(StandardCharsets.UTF_8), environment) ? 1 : 0;
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + ", round " + i + ": " + file + environment, t);
            }
        }
        assertThat(loaded).isBetween(300, 2_700);
    }

    private static Setting setting(Random random) {
        return Setting.values()[random.nextInt(Setting.values().length)];
    }

    private static String value(Random random) {
        return VALUES.get(random.nextInt(VALUES.size()));
    }

    private static boolean check(byte[] file, Map<String, String> environment) throws IOException {
        Files.write(home.resolve(Configuration.FILE), file);
        try {
            Configuration configuration =
                    Configuration.load(Map.of("home", home.toString()), environment, "Linux", "/users/ann");
            assertThat(configuration.effective()).hasSize(Setting.values().length);
            return true;
        } catch (TheseusException e) {
            assertThat(e.code()).isIn(ErrorCode.BAD_INPUT, ErrorCode.IO_FAILED);
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }
}
