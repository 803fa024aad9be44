package io.theseus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script itself, in a small checkout whose JDKs and Maven are scripts that write down how they were called. The
 * absolute places it searches are moved under the test's directory.
 */
class LauncherTest {
    private static final String SH = "#!/bin/sh\n";

    @TempDir
    Path temporary;

    private Path checkout;
    private Path bin;
    private Path calls;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void makeCheckout() throws IOException {
        assumeTrue(File.separatorChar == '/', "the POSIX launcher needs a POSIX shell; Windows has theseus.cmd");
        Path source = Path.of("..").toRealPath();
        checkout = Files.createDirectories(temporary.resolve("a checkout, with spaces"));
        bin = Files.createDirectories(temporary.resolve("bin"));
        calls = Files.createFile(temporary.resolve("calls"));
        Files.createDirectories(checkout.resolve("launcher"));
        for (String file : List.of("theseus", "launcher/build.sh", "launcher/test.sh")) {
            String script = Files.readString(source.resolve(file));
            for (String place : List.of("/usr/l", "/usr/java/", "/opt/", "/Library/")) {
                script = script.replace(" " + place, " " + temporary + place);
            }
            script(checkout.resolve(file), script);
        }
        Files.createDirectories(checkout.resolve("node/src/main/dist/lib"));
        Files.createDirectories(checkout.resolve("core/src/main/java"));
        Files.createDirectories(checkout.resolve(".mvn"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("core/src/main/java/Source.java"), "class Source {}");
        for (String tool : List.of(
                "cp",
                "mkdir",
                "mv",
                "rm",
                "rmdir",
                "find",
                "head",
                "tail",
                "sed",
                "grep",
                "date",
                "ls",
                "sort",
                "cat",
                "sleep",
                "dirname",
                "readlink")) {
            script(bin.resolve(tool), SH + "exec " + locate(tool) + " \"$@\"\n");
        }
        environment.put("PATH", bin.toString());
        environment.put("HOME", temporary.toString());
        environment.put("CALLS", calls.toString());
    }

    @Test
    void runsFromElsewhereThroughLinksWithArgumentsUntouched() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25.0.1");
        maven("3.9.9");
        Path first = Files.createSymbolicLink(temporary.resolve("first link"), checkout.resolve("theseus"));
        Path second = Files.createSymbolicLink(temporary.resolve("second"), Path.of("first link"));

        Run run = run(second, "ask", "two  spaces", "", "$HOME");

        assertThat(run.error).contains("building").contains("done in");
        assertThat(run.status).isZero();
        assertThat(run.output).contains("[ask][two  spaces][][$HOME]").contains("io.theseus.node.Main");
        assertThat(run(second, "config").error).isEmpty();
        assertThat(callsOf("mvn")).hasSize(1);
    }

    @Test
    void prefersTheJdkTheUserNames() throws IOException, InterruptedException {
        Path home = jdk("mine/jdk-27", "27");
        jdk("usr/lib/jvm/jdk-25", "25.0.1");
        jdk("opt/jdk-26", "26");
        maven("3.9.9");

        assertThat(run("config").output).startsWith("java 25.0.1 ");
        environment.put("JAVA_HOME", home.toString());
        assertThat(run("config").output).startsWith("java 27 ");
        environment.put("JAVA_HOME", jdk("old", "17.0.2").toString());
        assertThat(run("config").output).startsWith("java 25.0.1 ");
        environment.put("THESEUS_JAVA_HOME", home.toString());
        assertThat(run("config").output).startsWith("java 27 ");
    }

    @Test
    void findsAJdkThroughThePath() throws IOException, InterruptedException {
        Path home = jdk("somewhere/odd", "25");
        Files.createSymbolicLink(bin.resolve("java"), home.resolve("bin/java"));
        maven("3.9.9");

        assertThat(run("config").output).startsWith("java 25 ");
    }

    @Test
    void saysHowToGetAJdk() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-17", "17.0.9");
        maven("3.9.9");

        Run run = run("config");

        assertThat(run.status).isEqualTo(2);
        assertThat(run.error)
                .contains("no JDK 25")
                .contains("jdk-17 (version 17)")
                .contains("THESEUS_JAVA_HOME");
        assertThat(callsOf("mvn")).isEmpty();
    }

    @Test
    void refusesANamedJdkThatIsTooOldOrNone() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        environment.put("THESEUS_JAVA_HOME", jdk("old", "21.0.4").toString());
        assertThat(run("config").error).contains("Java 21; Theseus needs 25 or newer");
        environment.put("THESEUS_JAVA_HOME", temporary.resolve("nothing").toString());
        assertThat(run("config").error).contains("holds no JDK");
        assertThat(run("config").status).isEqualTo(2);
    }

    @Test
    void takesTheWrapperWhereMavenIsMissingOrOld() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        script(checkout.resolve("mvnw"), mavenScript("wrapper", "3.9.11"));

        assertThat(run("config").status).isZero();
        assertThat(callsOf("wrapper")).hasSize(1);

        maven("3.6.3");
        touch("core/src/main/java/Source.java");
        assertThat(run("config").status).isZero();
        assertThat(callsOf("wrapper")).hasSize(2);
        assertThat(callsOf("mvn")).isEmpty();
    }

    @Test
    void learnsFromTheFirstAnswerWhatToLoadAndUsesItFromThenOn() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        maven("3.9.9");
        Run first = run("ask", "hello");
        assertThat(first.status).isZero();
        // This JDK is a script and writes no cache: that must harm nothing.
        assertThat(first.error).contains("preparing faster starts ... not possible here");
        assertThat(first.output).contains("[ask][hello]").doesNotContain("AOTCache");

        Path cache;
        try (var builds = Files.list(checkout.resolve("build/app"))) {
            cache = builds.filter(Files::isDirectory).findFirst().orElseThrow().resolve("jdk-25-jvm.aot");
        }
        assertThat(Path.of(cache + ".lock")).doesNotExist();
        Files.writeString(cache, "made by another start");
        Run second = run("ask", "hello");
        assertThat(second.error).isEmpty();
        assertThat(second.output).contains("-XX:AOTCache=" + cache).contains("[ask][hello]");
        environment.put("THESEUS_AOT", "off");
        assertThat(run("ask", "hello").output).doesNotContain("AOTCache");
    }

    @Test
    void buildsAgainWhenASourceChangesAppearsOrGoes() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        maven("3.9.9");
        run("config");
        assertThat(run("config").error).isEmpty();

        touch("core/src/main/java/Source.java");
        assertThat(run("config").error).contains("sources changed, building");
        Path another = Files.writeString(checkout.resolve("core/src/main/java/Another.java"), "class Another {}");
        // As from an archive: an old modification time on a file that was not there before.
        Files.setLastModifiedTime(another, FileTime.from(Duration.ofDays(9).toMillis(), TimeUnit.MILLISECONDS));
        assertThat(run("config").error).contains("sources changed, building");
        Files.delete(another);
        assertThat(run("config").error).contains("sources changed, building");
        assertThat(run("config").error).isEmpty();
        assertThat(callsOf("mvn")).hasSize(4);
    }

    @Test
    void showsWhyABuildFailedAndTriesAgainNextTime() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        script(
                bin.resolve("mvn"),
                SH + "[ \"$1\" != -v ] || { echo Apache Maven 3.9.9; exit; }\n"
                        + "echo '[INFO] noise'; echo '[ERROR] Source.java:[1,1] not a statement'; echo '[ERROR] -> [Help 1]'; exit 1\n");

        Run run = run("config");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.error).contains("not a statement").contains("build.log").doesNotContain("Help 1", "noise");
        maven("3.9.9");
        assertThat(run("config").status).isZero();
    }

    @Test
    void aFailedRebuildDoesNotRunTheOldProgram() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        maven("3.9.9");
        run("config");
        script(bin.resolve("mvn"), SH + "exit 1\n");
        script(checkout.resolve("mvnw"), SH + "exit 1\n");
        touch("pom.xml");

        assertThat(run("config").status).isEqualTo(1);
        assertThat(run("config").output).isEmpty();
    }

    @Test
    void firstStartsAtTheSameTimeBuildOnce() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        maven("3.9.9");
        List<Process> starts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starts.add(start(checkout.resolve("theseus"), i, "config"));
        }

        for (Process start : starts) {
            assertThat(start.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(start.exitValue()).isZero();
        }
        assertThat(callsOf("mvn")).hasSize(1);
    }

    @Test
    void aLockWhoseOwnerDiedIsBroken() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        maven("3.9.9");
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(checkout.resolve("build/lock"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");

        assertThat(run("config").status).isZero();
        assertThat(lock).doesNotExist();
    }

    @Test
    void aRunningProgramKeepsItsJarsAfterARebuild() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");
        maven("3.9.9");
        run("config");
        Path before = current();
        touch("pom.xml");
        run("config");

        assertThat(current()).isNotEqualTo(before);
        assertThat(before.resolve("lib/program.jar")).exists();
        for (int i = 0; i < 3; i++) {
            touch("pom.xml");
            run("config");
        }
        assertThat(before).doesNotExist();
    }

    @Test
    void testNeedsKnownOptions() throws IOException, InterruptedException {
        jdk("usr/lib/jvm/jdk-25", "25");

        assertThat(run("test", "--quick").status).isEqualTo(2);
        assertThat(run("test", "--help").output).contains("--fast");
    }

    private Path current() throws IOException {
        Path app = checkout.resolve("build/app");
        return app.resolve(Files.readString(app.resolve("current")).strip());
    }

    private void touch(String file) throws IOException {
        Files.writeString(checkout.resolve(file), "<!-- changed -->", StandardOpenOption.APPEND);
    }

    /** A JDK that prints its version and what it was asked to run. */
    private Path jdk(String place, String version) throws IOException {
        Path home = Files.createDirectories(temporary.resolve(place));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(
                home.resolve("bin/java"),
                SH + "printf 'java " + version + " '; for a; do printf '[%s]' \"$a\"; done; echo\n");
        script(home.resolve("bin/javac"), SH);
        return home;
    }

    private void maven(String version) throws IOException {
        script(bin.resolve("mvn"), mavenScript("mvn", version));
    }

    private static String mavenScript(String name, String version) {
        return SH + "[ \"$1\" != -v ] || { echo Apache Maven " + version + "; exit; }\n"
                + "echo " + name + " >>\"$CALLS\"\n"
                + "mkdir -p node/target/quick/dist/lib && : >node/target/quick/dist/lib/program.jar\n";
    }

    private List<String> callsOf(String name) throws IOException {
        return Files.readAllLines(calls).stream().filter(name::equals).toList();
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path locate(String tool) {
        return Stream.of("/bin", "/usr/bin", "/usr/local/bin")
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        return run(checkout.resolve("theseus"), arguments);
    }

    private Run run(Path launcher, String... arguments) throws IOException, InterruptedException {
        Process process = start(launcher, 0, arguments);
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("ended within a minute")
                .isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(temporary.resolve("out0"), StandardCharsets.UTF_8),
                Files.readString(temporary.resolve("err0"), StandardCharsets.UTF_8));
    }

    private Process start(Path launcher, int number, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.redirectOutput(temporary.resolve("out" + number).toFile())
                .redirectError(temporary.resolve("err" + number).toFile())
                .start();
    }

    private record Run(int status, String output, String error) {}
}
