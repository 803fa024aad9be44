package io.theseus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSummaryTest {
    private static final String PASS = "<testcase name='good' classname='a.B' time='0.1'/>";
    private static final String FAIL =
            "<testcase name='bad' classname='a.B'><failure message='expected 1&#10;was 2' type='x'>trace</failure></testcase>";
    private static final String ERROR =
            "<testcase name='' classname='a.C'><error type='java.lang.Error'>java.lang.Error: boom\n at x</error></testcase>";
    private static final String SKIP =
            "<testcase name='far' classname='a.D'><skipped message='no golden data'/></testcase>";
    private static final String DISABLED = "<testcase name='off' classname='a.E'><skipped/></testcase>";

    @TempDir
    Path root;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void addsUpModulesAndBothKindsOfReports() throws IOException {
        report("core/target/surefire-reports", PASS + PASS);
        report("node/target/surefire-reports", PASS);
        report("node/target/failsafe-reports", PASS + SKIP + SKIP);

        assertThat(summarize()).isTrue();
        assertThat(lines()).endsWith("4 passed, 0 failed, 2 skipped").contains("  a.D: no golden data (2 tests)");
    }

    @Test
    void failsAndNamesWhatFailed() throws IOException {
        report("core/target/surefire-reports", PASS + FAIL + ERROR + DISABLED);

        assertThat(summarize()).isFalse();
        assertThat(lines())
                .endsWith("1 passed, 2 failed, 1 skipped")
                .contains("  a.B.bad: expected 1", "  a.C: java.lang.Error: boom", "  a.E: no reason given");
    }

    @Test
    void nothingRunIsNotSuccess() throws IOException {
        report("core/target/surefire-reports", SKIP);

        assertThat(summarize()).isFalse();
        assertThat(lines()).contains("No test ran.").endsWith("0 passed, 0 failed, 1 skipped");
    }

    @Test
    void halfAReportIsAFailure() throws IOException {
        Path directory = Files.createDirectories(root.resolve("core/target/surefire-reports"));
        Files.writeString(directory.resolve("TEST-a.B.xml"), "<testsuite><testcase name='x'");

        assertThat(summarize()).isFalse();
        assertThat(lines()).anyMatch(line -> line.contains("TEST-a.B.xml")).endsWith("0 passed, 1 failed, 0 skipped");
    }

    @Test
    void readsReportsOfAnyLength() throws IOException {
        report("core/target/surefire-reports", PASS + "<system-out>" + "much text, ".repeat(1 << 20) + "</system-out>");

        assertThat(summarize()).isTrue();
        assertThat(lines()).endsWith("1 passed, 0 failed, 0 skipped");
    }

    private void report(String directory, String cases) throws IOException {
        Path file = Files.createDirectories(root.resolve(directory)).resolve("TEST-a.xml");
        Files.writeString(file, "<?xml version='1.0' encoding='UTF-8'?><testsuite name='a'>" + cases + "</testsuite>");
    }

    private boolean summarize() throws IOException {
        return TestSummary.print(root, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
