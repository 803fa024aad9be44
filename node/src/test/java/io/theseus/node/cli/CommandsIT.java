package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.theseus.testkit.Golden;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as its own process, with the real model. */
@Timeout(300)
class CommandsIT {
    private static final String CHAT = """
            {"messages":[{"role":"user","content":"Count from one to a thousand in words."}],
             "max_tokens":2000,"stream":true}""";

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void askAnswersAndNothingElseIsOnStandardOutput() throws Exception {
        Process ask = start("ask", "What is the capital of France?");
        ask.getOutputStream().close();
        String out = text(ask.getInputStream().readAllBytes());
        assertThat(ask.waitFor()).as(errors()).isZero();
        assertThat(out).contains("Paris").endsWith("\n");
        assertThat(out.lines()).hasSize(1);
    }

    @Test
    void inputThatStaysOpenAndSilentDoesNotHang() throws Exception {
        Process ask = start("ask", "What is the capital of France?");
        assertThat(text(ask.getInputStream().readAllBytes())).contains("Paris");
        assertThat(ask.waitFor()).isZero();
    }

    @Test
    void chatRemembersTheConversation() throws Exception {
        Process chat = start("chat", "--max-tokens", "24");
        chat.getOutputStream().write("My name is Ada.\nWhat is my name?\n".getBytes(StandardCharsets.UTF_8));
        chat.getOutputStream().close();
        String out = text(chat.getInputStream().readAllBytes());
        assertThat(chat.waitFor()).as(errors()).isZero();
        assertThat(out).contains("Ada");
    }

    @Test
    void ctrlCEndsAnAnswerCleanly() throws Exception {
        onPosix();
        Process ask = start("ask", "--max-tokens", "4000", "Count from one to a thousand in words.");
        BufferedReader out = reader(ask);
        // The answer has begun.
        assertThat(out.read()).isPositive();
        signal("INT", ask);
        assertThat(ask.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ask.exitValue()).isEqualTo(Command.STOPPED);
        assertThat(errors()).contains("theseus ask: stopped").doesNotContain("\tat ");
    }

    @Test
    void serveAnswersAndEndsARunningAnswerClearlyAtSigterm() throws Exception {
        onPosix();
        Process serve = start("serve", "--port", "0", "--shutdown-grace", "1s");
        URI address = ready(serve);
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(
                                    HttpRequest.newBuilder(address.resolve("/health"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/chat/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString(CHAT))
                    .build();
            var stream = client.send(request, BodyHandlers.ofLines()).body().iterator();
            List<String> lines = new ArrayList<>();
            while (lines.stream().filter(line -> line.startsWith("data: ")).count() < 3) {
                lines.add(stream.next());
            }
            serve.destroy();
            stream.forEachRemaining(lines::add);
            // However the answer ended, the client is told so in the stream.
            String end = lines.stream()
                    .filter(line -> line.startsWith("data: "))
                    .reduce((a, b) -> b)
                    .orElseThrow();
            assertThat(String.join("\n", lines)).containsAnyOf("[DONE]", "\"error\"");
            assertThat(end).isNotEmpty();
        }
        assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).isZero();
        String log = errors();
        assertThat(log)
                .contains("route=/v1/chat/completions")
                .contains("status=200")
                .contains("INFO stopped");
        assertThat(log).doesNotContain("thousand").doesNotContain("\tat ");
    }

    @Test
    void aTakenPortIsOneClearLine() throws Exception {
        Process first = start("serve", "--port", "0");
        URI address = ready(first);
        Process second = start("serve", "--port", String.valueOf(address.getPort()));
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(2);
        assertThat(errors())
                .contains("theseus serve: cannot listen on 127.0.0.1:" + address.getPort())
                .contains("--port");
        first.destroy();
        assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-cp",
                System.getProperty("java.class.path"),
                "io.theseus.node.Main"));
        command.addAll(List.of(args));
        command.addAll(List.of(
                "--model",
                        Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf").toString(),
                "--home", folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("stderr").toFile()))
                .start();
        started.add(process);
        return process;
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("stderr"));
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private URI ready(Process serve) throws IOException {
        String line = reader(serve).readLine();
        assertThat(line).as(errors()).startsWith("Theseus is ready at http://127.0.0.1:");
        return URI.create(line.split(" ")[4].replace("/v1", "/"));
    }

    private static void signal(String name, Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    private static void onPosix() {
        assumeFalse(
                System.getProperty("os.name").startsWith("Windows"),
                "skipped: signals are sent with kill, which Windows lacks");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
