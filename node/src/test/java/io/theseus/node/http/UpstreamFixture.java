package io.theseus.node.http;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.node.ServedModels;
import io.theseus.node.config.ProxySetting;
import io.theseus.node.upstream.Upstream;
import io.theseus.node.upstream.UpstreamPool;
import io.theseus.node.upstream.UpstreamRelay;
import io.theseus.node.upstream.UpstreamSettings;
import io.theseus.proof.NodeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A node without a model of its own, in front of other engines. */
final class UpstreamFixture implements AutoCloseable {
    static final String CHAT = "/v1/chat/completions";

    /** Short times, one attempt. */
    static final UpstreamSettings QUICK = new UpstreamSettings(
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            0,
            new UpstreamSettings.Hedge(false, Optional.empty()),
            50,
            Duration.ofMillis(200));

    /** Times that no test waits for, no hedging. */
    static final UpstreamSettings PATIENT = new UpstreamSettings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(50),
            Duration.ofSeconds(50),
            2,
            new UpstreamSettings.Hedge(false, Optional.empty()),
            50,
            Duration.ofSeconds(50));

    final AnswerCache cache;
    final UpstreamRelay relay;
    final HttpServer server;
    final BlockingQueue<RequestLog.Entry> log = new LinkedBlockingQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final JsonMapper mapper = new JsonMapper();

    UpstreamFixture(Path home, UpstreamSettings settings, Upstream... upstreams) throws InterruptedException {
        this(home, settings, ServedModels.of(List.of()), upstreams);
    }

    UpstreamFixture(Path home, UpstreamSettings settings, ServedModels models, Upstream... upstreams)
            throws InterruptedException {
        cache = AnswerCache.open(home, CacheBounds.DEFAULT, NodeKey.of(home), () -> ServerFixture.NOW);
        UpstreamPool pool = new UpstreamPool(List.of(upstreams), settings, ProxySetting.NONE, new SplittableRandom(7));
        relay = new UpstreamRelay(pool, Optional.of(cache));
        server = HttpServer.start(
                HttpConfig.local(0), models, Optional.of(cache), Optional.of(relay), log::add, () -> ServerFixture.NOW);
        pool.start();
    }

    /** A greedy question. */
    static String ask(String model, String question) {
        return "{\"model\":\"" + model + "\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\""
                + question + "\"}]}";
    }

    /** The same, streamed. */
    static String streamed(String ask) {
        return ask.replace("\"temperature\":0", "\"temperature\":0,\"stream\":true");
    }

    /** The same, streamed with token counts. */
    static String counted(String ask) {
        return ask.replace(
                "\"temperature\":0", "\"temperature\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.address().resolve(path)).timeout(Duration.ofSeconds(30));
    }

    <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws InterruptedException {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> get(String path) throws InterruptedException {
        return send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> chat(String body, String... headers) throws InterruptedException {
        return post(CHAT, body, headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws InterruptedException {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        return send(
                headers.length == 0 ? request.build() : request.headers(headers).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(HttpResponse<String> response) {
        return mapper.readTree(response.body());
    }

    JsonNode json(String text) {
        return mapper.readTree(text);
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    static String layer(HttpResponse<?> response) {
        return header(response, "x-theseus-layer");
    }

    /** The value of a metric of an upstream. */
    double metric(String name, String upstream) throws InterruptedException {
        String start = "theseus_upstream_" + name + "{upstream=\"" + upstream + "\"} ";
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
                .findFirst()
                .orElseThrow();
    }

    URI address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
        relay.pool().close();
        cache.close();
        client.close();
    }
}
