package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
    static List<String> everyCommand() {
        List<String> all = new ArrayList<>();
        for (String name : Commands.names()) {
            Commands.group(name)
                    .ifPresentOrElse(
                            group -> group.members().forEach(member -> all.add(name + " " + member)),
                            () -> all.add(name));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandExplainsItselfWithAnExample(String command) {
        CliRun run = CliRun.of((command + " --help").split(" "));
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("theseus " + command).contains("Example");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
        assertThat(CliRun.of(("help " + command).split(" "))).isEqualTo(run);
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void anUnknownOptionIsOneLineAndStatus2(String command) {
        CliRun run = CliRun.of((command + " --debg").split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("theseus " + command + ": there is no option --debg, did you mean `--debug`?; see `theseus "
                        + command + " --help`" + System.lineSeparator());
    }

    @Test
    void withoutACommandItTeachesAndFails() {
        CliRun run = CliRun.of();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("Usage: theseus COMMAND").contains("theseus ask \"What is");
    }

    @Test
    void theOverviewNamesEveryCommand() {
        CliRun run = CliRun.of("--help");
        assertThat(run.status()).isZero();
        assertThat(Commands.names()).allSatisfy(name -> assertThat(run.out()).contains("\n  " + name + " "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V", "inspect model -V"})
    void versionIsOneLine(String line) {
        CliRun run = CliRun.of(line.split(" "));
        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("theseus \\d+\\.\\d+\\.\\d+\\S* \\(Java .*\\)\\R");
    }

    @Test
    void aMistypedCommandGetsASuggestion() {
        CliRun run = CliRun.of("insepct", "model");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("there is no command `insepct`, did you mean `inspect`?");
        assertThat(CliRun.of("inspect", "modle").err()).contains("did you mean `model`?");
        assertThat(CliRun.of("xyzzy").err()).contains("there is no command `xyzzy`; see");
    }

    @Test
    void aStackTraceComesOnlyWhenAskedFor() {
        CliRun plain = CliRun.of("inspect", "model", "no-such-file.gguf");
        assertThat(plain.status()).isEqualTo(2);
        assertThat(plain.err().lines()).hasSize(1);
        assertThat(plain.err()).startsWith("theseus inspect model: no model file");
        CliRun debug = CliRun.of("inspect", "model", "no-such-file.gguf", "--debug");
        assertThat(debug.status()).isEqualTo(2);
        assertThat(debug.err()).contains("TheseusException").contains("\tat ");
        CliRun variable = CliRun.with("", Map.of("THESEUS_DEBUG", "1"), "inspect", "model", "no-such-file.gguf");
        assertThat(variable.err()).contains("\tat ");
    }
}
