package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A system prompt of some 2,048 tokens on the real model: what a killed node had computed, the next one loads, and that is quicker. */
@Timeout(300)
class StatesRestartIT {
    private final JsonMapper json = new JsonMapper();
    private final List<Process> started = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path home;

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
        client.close();
    }

    /** What one start of the node gave. */
    private record Run(String answer, double seconds, int promptTokens, JsonNode states) {}

    @Test
    void aRestartedNodeLoadsALongSystemPromptFasterThanItComputesIt() throws Exception {
        Run first = run(false);
        Run second = run(true);
        assertThat(first.promptTokens()).isGreaterThanOrEqualTo(2048);
        System.out.printf(
                Locale.ROOT,
                "restart: %d prompt tokens; first start, computed: %.2f s; after kill -9, loaded: %.2f s"
                        + " (reading and taking in %.3f s, predicted %.3f s); %.1f times as fast%n",
                first.promptTokens(),
                first.seconds(),
                second.seconds(),
                second.states().path("load_seconds").asDouble(),
                second.states().path("predicted_load_seconds").asDouble(),
                first.seconds() / second.seconds());
        assertThat(first.states().path("loads").asInt()).isZero();
        assertThat(second.states().path("loads").asInt()).isEqualTo(1);
        assertThat(second.states().path("loaded_tokens").asInt()).isGreaterThanOrEqualTo(2048);
        assertThat(second.states().path("load_regret_seconds").asDouble()).isZero();
        assertThat(second.answer()).isEqualTo(first.answer()).isNotBlank();
        assertThat(second.seconds()).isLessThan(first.seconds());
    }

    @Test
    void aPinnedPromptIsComputedOnceAndThere() throws Exception {
        Process serve = serve();
        URI address = ready(serve);
        String port = String.valueOf(address.getPort());
        CliRun pinned = CliRun.with(system(300), java.util.Map.of(), "prompts", "pin", "-", "--port", port);
        assertThat(pinned.status()).as(pinned.err()).isZero();
        assertThat(pinned.out()).startsWith("pinned ");
        await(address, 1);
        CliRun list = CliRun.of("prompts", "list", "--json", "--port", port);
        JsonNode prompt = json.readTree(list.out()).path("prompts").path(0);
        assertThat(prompt.path("blocks_on_disk").asInt())
                .as(list.out())
                .isEqualTo(prompt.path("blocks").asInt())
                .isPositive();
        String id = prompt.path("id").asString();
        assertThat(CliRun.of("prompts", "unpin", id.substring(0, 8), "--port", port)
                        .out())
                .contains("unpinned " + id);
        assertThat(CliRun.of("prompts", "--port", port).err()).contains("no prompt is pinned");
    }

    private Run run(boolean restarted) throws Exception {
        Process serve = serve();
        URI address = ready(serve);
        ObjectNode body = json.createObjectNode().put("max_tokens", 24).put("temperature", 0);
        var messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", system(2100));
        messages.addObject().put("role", "user").put("content", "Which rule is number seven?");
        long start = System.nanoTime();
        JsonNode answer = post(address, body);
        double seconds = (System.nanoTime() - start) / 1e9;
        JsonNode states = restarted ? stats(address) : await(address, 32);
        serve.destroyForcibly();
        assertThat(serve.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Run(
                answer.path("choices").path(0).path("message").path("content").asString(),
                seconds,
                answer.path("usage").path("prompt_tokens").asInt(),
                states);
    }

    /** Rules, about {@code tokens} tokens of them. */
    private static String system(int tokens) {
        StringBuilder text = new StringBuilder("You are a helpful assistant of a library. Keep to these rules.\n");
        for (int i = 1; i * 21 < tokens; i++) {
            text.append("Rule ").append(i).append(": a book of shelf ").append(i * 37 % 101);
            text.append(" is lent for ").append(i % 9 + 1).append(" weeks and no longer.\n");
        }
        return text.toString();
    }

    private JsonNode post(URI address, ObjectNode body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/chat/completions"))
                .header("cache-control", "no-store")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
                .build();
        var response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json.readTree(response.body());
    }

    private JsonNode stats(URI address) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve("/theseus/v1/stats")).build();
        return json.readTree(client.send(request, BodyHandlers.ofString()).body())
                .path("states");
    }

    /** The figures once at least {@code blocks} are written and none waits. */
    private JsonNode await(URI address, int blocks) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        JsonNode states = stats(address);
        while (states.path("written").asInt() < blocks || states.path("writing").asInt() > 0) {
            assertThat(System.nanoTime()).as(states.toString()).isLessThan(until);
            states = stats(address);
        }
        return states;
    }

    private Process serve() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xlog:disable",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.theseus.node.Main",
                        "serve",
                        "--port",
                        "0",
                        "--model",
                        Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf").toString(),
                        "--home",
                        home.toString())
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(home.resolve("stderr").toFile()))
                .start();
        started.add(process);
        return process;
    }

    private URI ready(Process serve) throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(serve.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertThat(line).as(Files.readString(home.resolve("stderr"))).startsWith("Theseus is ready at ");
        return URI.create(line.split(" ")[4].replace("/v1", "/"));
    }
}
