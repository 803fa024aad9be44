package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of others, run by tests; what they need is installed by their own package clients, into {@code target/} where that goes. */
final class Programs {
    static final boolean WINDOWS =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("win");
    static final Path WORK = Path.of("target", "e2e").toAbsolutePath();
    private static final Path SCRIPTS = Path.of("..", "e2e").toAbsolutePath().normalize();

    /** As distributions name it; last where macOS has it. */
    private static final List<String> CHROMIUM = List.of(
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

    private Programs() {}

    static String script(String name) {
        return SCRIPTS.resolve(name).toString();
    }

    static boolean works(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Skips the test if there is no such program. */
    static void require(String name) throws InterruptedException {
        assumeTrue(works(name, "--version"), "skipped: the program " + name + " is not installed");
    }

    /** A folder in which these JavaScript libraries are installed, or a skipped test. */
    static Path javaScript(String... libraries) throws IOException, InterruptedException {
        String npm = WINDOWS ? "npm.cmd" : "npm";
        require("node");
        require(npm);
        String name = String.join("-", libraries).replace("@", "-");
        Path folder = Files.createDirectories(WORK.resolve("javascript").resolve(name));
        Path done = folder.resolve("installed");
        if (!Files.exists(done)) {
            Files.writeString(folder.resolve("package.json"), "{\"private\": true}");
            List<String> install =
                    new ArrayList<>(List.of(npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"));
            install.addAll(List.of(libraries));
            run(folder, install.toArray(String[]::new));
            Files.createFile(done);
        }
        return folder;
    }

    /** The absolute path of a Chromium; installed, where this user may do that without being asked, or a skipped test. */
    static Path chromium() throws IOException, InterruptedException {
        Optional<Path> there = find(CHROMIUM);
        if (there.isEmpty() && works("apt-get", "--version")) {
            boolean root = System.getProperty("user.name").equals("root");
            List<String> apt = root ? List.of("apt-get") : List.of("sudo", "-n", "apt-get");
            if (root || works("sudo", "-n", "true")) {
                there = install(apt);
            }
        }
        assumeTrue(there.isPresent(), "skipped: no Chromium is installed, and it cannot be installed without asking");
        return there.orElseThrow();
    }

    private static Optional<Path> install(List<String> apt) throws InterruptedException {
        List<String> install = new ArrayList<>(apt);
        install.addAll(List.of("install", "-y", "-q", "--no-install-recommends", "chromium"));
        List<String> update = new ArrayList<>(apt);
        update.addAll(List.of("update", "-q"));
        if (!works(install.toArray(String[]::new)) && works(update.toArray(String[]::new))) {
            works(install.toArray(String[]::new));
        }
        return find(CHROMIUM);
    }

    private static Optional<Path> find(List<String> names) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return names.stream()
                .flatMap(name -> Arrays.stream(path.split(java.io.File.pathSeparator))
                        .map(folder -> Path.of(folder).resolve(name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs a program to its successful end and returns what it printed, which goes to the test's report as well. */
    static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(Files.createDirectories(WORK), "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(Arrays.asList(command)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // A proxy for the outside must not come between the client and this machine.
        builder.environment().putAll(Map.of("NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1"));
        Process process = builder.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        String printed = Files.readString(output);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended)
                .as("ended in time: %s%n%s", String.join(" ", command), printed)
                .isTrue();
        assertThat(process.exitValue())
                .as("%s%n%s", String.join(" ", command), printed)
                .isZero();
        printed.lines()
                .filter(line -> line.matches(".*\\d+ passed, \\d+ failed"))
                .forEach(line -> System.out.println(line));
        return printed;
    }
}
