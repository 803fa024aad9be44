package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServeCommandTest {
    private final ScriptedEngine paris = new ScriptedEngine(prompt -> List.of("Par", "is"));

    @TempDir
    Path home;

    @Test
    void saysWhereItListensLogsEachRequestAndEndsWhenAsked() throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PipedOutputStream out = new PipedOutputStream();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(new PipedInputStream(out), StandardCharsets.UTF_8));
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                () -> false);
        FutureTask<Integer> serve = new FutureTask<>(() -> Program.run(
                console,
                Map.of(),
                (call, config, rooted) -> ScriptedEngine.model(paris),
                "serve",
                "--port",
                "0",
                "--home",
                home.toString()));
        Thread worker = Thread.ofPlatform().start(serve);
        String ready = lines.readLine();
        assertThat(ready).matches("Theseus is ready at http://127.0.0.1:\\d+/v1 with scripted");
        String page = lines.readLine();
        assertThat(page).matches("Its page is http://127.0.0.1:\\d+/");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(ready.split(" ")[4] + "/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"my secret\",\"max_tokens\":5}"))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("Paris");
            HttpRequest look =
                    HttpRequest.newBuilder(URI.create(page.split(" ")[3])).build();
            assertThat(client.send(look, BodyHandlers.ofString()).body()).contains("<title>Theseus</title>");
        }
        // What ctrl-C and SIGTERM do, see SignalHandlers.
        worker.interrupt();
        assertThat(serve.get()).isZero();
        assertThat(paris.closed()).isTrue();
        String log = err.toString(StandardCharsets.UTF_8);
        assertThat(log.lines())
                .allSatisfy(line -> assertThat(line).matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z (INFO|WARN) .*"))
                .anySatisfy(line ->
                        assertThat(line).contains("route=/v1/completions").contains("status=200"));
        assertThat(log.stripTrailing())
                .endsWith("INFO stopped")
                .doesNotContain("my secret")
                .as("who only looks on leaves no line")
                .doesNotContain("route=/ ");
    }

    @Test
    void mistakesAreOneLineAndStatus2() throws Exception {
        Path noKeys = Files.writeString(home.resolve("keys"), "# none yet\n");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (List<String> options : List.of(
                    List.of("--port", String.valueOf(taken.getLocalPort())),
                    List.of("--listen", "0.0.0.0", "--port", "0"),
                    List.of("--listen", "no.such.host.invalid"),
                    List.of("--port", "70000"),
                    List.of("--api-keys", noKeys.toString()),
                    List.of("--api-keys", home.resolve("absent").toString()))) {
                String[] args = java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("serve", "--home", home.toString()), options.stream())
                        .toArray(String[]::new);
                CliRun run = CliRun.answeredBy(paris, "", args);
                assertThat(run.status()).as("%s %s", options, run.err()).isEqualTo(2);
                assertThat(run.out()).isEmpty();
                assertThat(run.err().lines()).as("%s", options).hasSize(1);
            }
            assertThat(CliRun.answeredBy(paris, "", "serve", "--port", "" + taken.getLocalPort())
                            .err())
                    .contains(":" + taken.getLocalPort())
                    .contains("--port");
        }
    }
}
