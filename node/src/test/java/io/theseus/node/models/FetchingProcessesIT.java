package io.theseus.node.models;

import static io.theseus.node.models.ScriptedServer.head;
import static io.theseus.node.models.ScriptedServer.ranges;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes want the same model; one of them dies. */
@Timeout(60)
class FetchingProcessesIT {
    private static final byte[] MODEL = Bench.model(1);
    private static final String TAG = "\"v1\"";

    @TempDir
    Path home;

    private final CountDownLatch end = new CountDownLatch(1);
    private Bench bench;
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(home);
        server = new ScriptedServer();
        server.then((request, out) -> {
                    head(out, 200, "ETag: " + TAG, "Content-Length: " + MODEL.length);
                    out.write(MODEL, 0, 200_000);
                    out.flush();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    out.write(MODEL, 200_000, MODEL.length - 200_000);
                })
                .then(ranges(MODEL, TAG, 1 << 20));
    }

    @AfterEach
    void stop() throws IOException {
        end.countDown();
        server.close();
    }

    private Process other() throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FetchingProcess.class.getName(),
                        home.toString(),
                        server.uri("/m.gguf").toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void awaitLine(Process process, String beginning) throws IOException {
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(beginning)) {
                return;
            }
        }
        throw new AssertionError("the other process ended without a line " + beginning);
    }

    @Test
    void theSecondWaitsAndUsesWhatTheFirstFetched() throws Exception {
        Process first = other();
        awaitLine(first, "Advanced[bytes=200000");
        InstalledModel installed = bench.fetcher().pull(server.uri("/m.gguf").toString(), event -> {
            bench.events.add(event);
            if (event instanceof FetchEvent.Waiting) {
                end.countDown();
            }
        });
        assertThat(first.waitFor()).isZero();
        assertThat(installed.file()).hasBinaryContent(MODEL);
        assertThat(bench.events).containsExactly(new FetchEvent.Waiting("m"));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void theSecondGoesOnWhereTheFirstWasKilled() throws Exception {
        Process first = other();
        awaitLine(first, "Advanced[bytes=200000");
        first.destroyForcibly().waitFor();
        assertThat(bench.store.list()).isEmpty();
        assertThat(Files.size(bench.part("m"))).isEqualTo(200_000);
        assertThat(bench.pull(server.uri("/m.gguf")).file()).hasBinaryContent(MODEL);
        assertThat(server.requests().getLast().header("range")).isEqualTo("bytes=200000-");
    }
}
