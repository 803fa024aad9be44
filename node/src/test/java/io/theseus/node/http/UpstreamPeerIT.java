package io.theseus.node.http;

import static io.theseus.node.http.UpstreamFixture.ask;
import static io.theseus.node.http.UpstreamFixture.layer;
import static io.theseus.node.http.UpstreamFixture.streamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.theseus.node.upstream.Upstream;
import io.theseus.node.upstream.UpstreamSettings;
import io.theseus.testkit.Golden;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** In front of a real llama-server, which bench/peers/llama-cpp/build builds. */
class UpstreamPeerIT {
    private static final String MODEL = "smollm2";

    @TempDir
    static Path home;

    private static Process peer;
    private static String address;
    private static UpstreamFixture http;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> found = program();
        if (found.isEmpty()) {
            return;
        }
        Path program = found.get();
        Path model = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        int port = freePort();
        address = "http://127.0.0.1:" + port + "/v1";
        peer = new ProcessBuilder(
                        program.toString(),
                        "-m",
                        model.toString(),
                        "--alias",
                        MODEL,
                        "--host",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "-c",
                        "4096",
                        "-np",
                        "2",
                        "-t",
                        "2")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("peer.log").toFile())
                .start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                    .build();
            Awaitility.await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
                assertThat(peer.isAlive()).isTrue();
                return client.send(health, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            });
        }
        OpenAiClientsIT.makeFolder();
        http = new UpstreamFixture(home.resolve("node"), UpstreamSettings.DEFAULT, Upstream.parse("llama=" + address));
    }

    /** One test at a time, so that the summary names each that was skipped. */
    @BeforeEach
    void needsAPeer() {
        assumeTrue(
                peer != null,
                "SKIPPED: no llama-server to stand in front of; bench/peers/llama-cpp/build builds it (THESEUS_PEERS_DIR"
                        + " says where, now " + peers() + ")");
    }

    private static String peers() {
        return Optional.ofNullable(System.getenv("THESEUS_PEERS_DIR")).orElse("../bench/peers/work");
    }

    private static Optional<Path> program() throws IOException {
        if (!Files.isDirectory(Path.of(peers()))) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(Path.of(peers()))) {
            return folders.map(folder -> folder.resolve("vendor/llama.cpp/build/bin/llama-server"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (http != null) {
            http.close();
        }
        if (peer != null) {
            peer.destroy();
            assertThat(peer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static HttpResponse<String> direct(String body) throws InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(address + "/chat/completions"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The answer's content, of either form. */
    private static String content(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        if (!response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream")) {
            return http.json(response).at("/choices/0/message/content").stringValue();
        }
        StringBuilder text = new StringBuilder();
        response.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> http.json(line.substring("data: ".length())))
                .forEach(chunk ->
                        text.append(chunk.at("/choices/0/delta/content").asString("")));
        return text.toString();
    }

    private static String question(String text) {
        return ask(MODEL, text).replace("\"temperature\"", "\"max_tokens\":24,\"temperature\"");
    }

    @Test
    void saysWhatItSaysItselfAndRemembersIt() throws Exception {
        String ask = question("What is the capital of France?");
        HttpResponse<String> first = http.chat(ask);
        assertThat(layer(first)).isEqualTo("compute");
        assertThat(content(first)).isEqualTo(content(direct(ask))).isNotBlank();

        HttpResponse<String> again = http.chat(ask);
        HttpResponse<String> stream = http.chat(streamed(ask));
        assertThat(List.of(layer(again), layer(stream))).containsExactly("answer", "answer");
        assertThat(content(again)).isEqualTo(content(first));
        assertThat(content(stream)).isEqualTo(content(first));
        JsonNode usage = http.json(again).path("usage");
        assertThat(usage.at("/prompt_tokens_details/cached_tokens")).isEqualTo(usage.path("prompt_tokens"));
        // Fields that only llama.cpp has.
        assertThat(http.json(again).has("timings")).isTrue();
    }

    @Test
    void streamsWhatItStreamsAndRemembersIt() throws Exception {
        String ask = question("Name three colours.");
        HttpResponse<String> live = http.chat(streamed(ask));
        assertThat(layer(live)).isEqualTo("compute");
        assertThat(live.body()).endsWith("data: [DONE]\n\n").doesNotContain("\"usage\"");
        assertThat(content(live)).isEqualTo(content(direct(streamed(ask))));
        assertThat(layer(http.chat(streamed(ask)))).isEqualTo("answer");
        assertThat(content(http.chat(ask))).isEqualTo(content(live));
    }

    @Test
    void fieldsThatNobodyElseKnowsGetThrough() throws Exception {
        String ask = question("Write a word.")
                .replace("\"temperature\":0", "\"temperature\":0,\"n_probs\":2,\"grammar\":\"root ::= \\\"blue\\\"\"");
        assertThat(content(http.chat(ask))).isEqualTo("blue");
        HttpResponse<String> other = http.chat(ask.replace("blue", "green"));
        assertThat(layer(other)).isEqualTo("compute");
        assertThat(content(other)).isEqualTo("green");
        assertThat(layer(http.chat(ask))).isEqualTo("answer");
    }

    @Test
    void itsErrorsAreItsOwn() throws Exception {
        HttpResponse<String> bad =
                http.chat(question("x").replace("\"temperature\"", "\"grammar\":\"root ::= (\",\"temperature\""));
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(http.json(bad).at("/error/message").stringValue()).isNotBlank();
    }

    @Test
    void aClientThatLeavesFreesIt() throws Exception {
        String endless = question("Tell me a very long story.")
                .replace("\"max_tokens\":24", "\"max_tokens\":3000,\"ignore_eos\":true");
        try (RawClient client = new RawClient(http.address())) {
            client.post(UpstreamFixture.CHAT, streamed(endless));
            client.readUntil("\"content\":");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> http.send(
                                HttpRequest.newBuilder(URI.create(address.replace("/v1", "/slots")))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body()
                        .matches("(?s)(?!.*\"is_processing\":\\s*true).*\"is_processing\".*"));
    }

    @Test
    void otherPathsAreRelayed() throws Exception {
        assertThat(http.get("/v1/models").body()).contains("\"" + MODEL + "\"", "n_ctx_train");
    }

    @Test
    void pythonLibraryThroughTheRelay() throws Exception {
        Path python = OpenAiClientsIT.python();
        Programs.run(
                Programs.WORK,
                python.toString(),
                Programs.script("relay_client.py"),
                http.address().toString(),
                "unused",
                MODEL);
    }
}
