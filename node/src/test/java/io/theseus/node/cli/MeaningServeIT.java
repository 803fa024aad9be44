package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Answers by meaning through the program and HTTP, with both real models; then the same in front of that node. */
@Timeout(300)
class MeaningServeIT {
    private static final String MODEL = "SmolLM2-135M-Instruct.Q4_1";

    /** What the model answers in the same words however it is asked, so that no check comes out wrong. */
    private static final List<String> THINGS = List.of(
            "the chemical symbol for gold",
            "the capital of Japan",
            "the capital of Egypt",
            "photosynthesis",
            "gravity",
            "a volcano",
            "a black hole",
            "machine learning");

    private final List<Process> started = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper mapper = new JsonMapper();

    @TempDir
    Path folder;

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
        client.close();
    }

    @Test
    void paraphrasesAreServedAndLabelledAndNothingElseIs() throws Exception {
        String model = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf").toString();
        URI own = serve("own", "--model", model, "--meaning", "on");
        checks(own);
        // A node in front of it, which remembers for itself.
        URI relay = serve("relay", "--upstream", "own=" + own.resolve("/v1"), "--meaning", "on");
        checks(relay);
    }

    private void checks(URI node) throws Exception {
        String proven = "";
        int served = 0;
        for (int i = 0; i < THINGS.size(); i++) {
            HttpResponse<String> first = ask(node, "What is " + THINGS.get(i) + "?", "");
            assertThat(layer(first)).isIn("compute", "state");
            int known = i + 1 + (i - served);
            Awaitility.await().until(() -> metric(node, "questions") == known);
            HttpResponse<String> second = ask(node, "What's " + THINGS.get(i) + "?", "");
            assertThat(content(second)).isEqualTo(content(first));
            // Now and then one that could be served is computed, to see whether it would have been right.
            if (layer(second).equals("meaning")) {
                served++;
                proven = THINGS.get(i);
                assertThat(header(second, "x-theseus-key")).isEqualTo(header(first, "x-theseus-key"));
                assertThat(Double.parseDouble(header(second, "x-theseus-similarity")))
                        .isBetween(0.92, 1.0);
                assertThat(header(second, "x-theseus-proof")).contains("signature=");
            }
            int after = i + 1 + (i + 1 - served);
            Awaitility.await().until(() -> metric(node, "questions") == after);
        }
        assertThat(served).isPositive();
        assertThat(metric(node, "served_total")).isEqualTo(served);
        assertThat(metric(node, "wrong_total")).isZero();

        // What was served by meaning is no exact entry: a request that wants only that has nothing to get.
        String paraphrase = "What's " + proven + "?";
        HttpResponse<String> exact =
                ask(node, paraphrase, "", "x-theseus-meaning", "off", "Cache-Control", "only-if-cached");
        assertThat(exact.statusCode()).as(exact.body()).isEqualTo(504);
        // Nor is it served to another system prompt, with other parameters, or where nobody wants it.
        assertThat(layer(ask(node, paraphrase, "You are a pirate."))).isIn("compute", "state");
        for (String other : List.of(
                "What is the capital of Germany?",
                "What was the capital of Japan?",
                "What is not the chemical symbol for gold?",
                "What is the chemical symbol for silver?",
                "What is a volcano? Answer in Spanish.")) {
            assertThat(layer(ask(node, other, ""))).as(other).isIn("compute", "state");
        }
        assertThat(layer(ask(node, paraphrase, "", "x-theseus-meaning", "off"))).isIn("compute", "state");
        assertThat(layer(ask(node, "What is " + proven + "?", ""))).isEqualTo("answer");
    }

    private HttpResponse<String> ask(URI node, String question, String system, String... headers) throws Exception {
        String before = system.isEmpty() ? "" : "{\"role\":\"system\",\"content\":\"" + system + "\"},";
        HttpRequest.Builder request = HttpRequest.newBuilder(node.resolve("/v1/chat/completions"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + MODEL
                        + "\",\"temperature\":0,\"max_tokens\":8,\"messages\":[" + before
                        + "{\"role\":\"user\",\"content\":\"" + question + "\"}]}"));
        return client.send(
                headers.length == 0 ? request.build() : request.headers(headers).build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static String layer(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return header(response, "x-theseus-layer");
    }

    private String content(HttpResponse<String> response) {
        return mapper.readTree(response.body()).at("/choices/0/message/content").stringValue();
    }

    /** A metric of the layer, or -1 while there is none. */
    private int metric(URI node, String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(node.resolve("/metrics")).build();
        String start = "theseus_meaning_" + name + " ";
        return client.send(request, BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToInt(line -> Integer.parseInt(line.substring(start.length())))
                .findFirst()
                .orElse(-1);
    }

    /** A node of its own process, once its meaning layer is there. */
    private URI serve(String name, String... options) throws Exception {
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
                folder.resolve(name).toString(),
                "--embedding-model",
                Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf").toString()));
        command.addAll(List.of(options));
        Path errors = folder.resolve(name + ".txt");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        started.add(process);
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertThat(line).as(Files.readString(errors)).startsWith("Theseus is ready at http://127.0.0.1:");
        URI address = URI.create(line.split(" ")[4].replace("/v1", "/"));
        Awaitility.await().atMost(java.time.Duration.ofSeconds(60)).until(() -> metric(address, "questions") == 0);
        return address;
    }
}
