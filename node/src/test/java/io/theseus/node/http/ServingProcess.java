package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code theseus serve} as a process of its own, on a free port. */
record ServingProcess(Process process, URI address) implements AutoCloseable {
    /** Starts it, and waits until it says that it is ready; what it logs goes into {@code home}. */
    static ServingProcess start(Path home, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.theseus.node.Main",
                "serve",
                "--port",
                "0",
                "--home",
                home.toString()));
        command.addAll(List.of(options));
        Path log = home.resolve("log.txt");
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        String ready =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertThat(ready).as(Files.readString(log)).startsWith("Theseus is ready at http://127.0.0.1:");
        return new ServingProcess(process, URI.create(ready.split(" ")[4].replace("/v1", "")));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
