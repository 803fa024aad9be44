package io.theseus.node.http;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.states.ModelStates;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.LoadedModel;
import io.theseus.node.ModelMeters;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server on a free port, a fake engine behind it, and a client. */
final class ServerFixture implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    static final String MODEL = "fake-model";
    static final String CHATML =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
                    + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    /** Shows tools, earlier calls and results the way the Hermes family does. */
    static final String TOOLS =
            "{% if tools %}<|im_start|>system\n<tools>{{ tools | tojson }}</tools> Answer with <tool_call>"
                    + "{\"name\": n, \"arguments\": {}}</tool_call><|im_end|>\n{% endif %}{% for m in messages %}<|im_start|>"
                    + "{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls %}<tool_call>{{ c.function | tojson }}</tool_call>"
                    + "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    final FakeEngine engine;
    final ServedModels models;
    final HttpServer server;
    final BlockingQueue<RequestLog.Entry> log = new LinkedBlockingQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final JsonMapper mapper = new JsonMapper();

    private ServerFixture(
            HttpConfig config,
            int contextLength,
            Function<GenerationRequest, String> script,
            Optional<ChatTemplate> template) {
        this(config, contextLength, script, template, ServedModels::of, Optional.empty());
    }

    private ServerFixture(
            HttpConfig config,
            int contextLength,
            Function<GenerationRequest, String> script,
            Optional<ChatTemplate> template,
            Function<List<ServedModel>, ServedModels> serving,
            Optional<AnswerCache> cache) {
        engine = new FakeEngine(new FakeTokenizer(false), contextLength, script);
        LoadedModel model =
                new LoadedModel(new ServedModel(MODEL, 1_700_000_000, "fp_test", engine, template), () -> {});
        models = serving.apply(
                List.of(cache.map(model::remembering).orElse(model).served()));
        server = HttpServer.start(config, models, cache, log::add, InstantSource.fixed(NOW));
    }

    /** A chat model that remembers its answers in {@code cache}. */
    static ServerFixture remembering(
            AnswerCache cache, UnaryOperator<HttpConfig> change, Function<GenerationRequest, String> script) {
        return new ServerFixture(
                change.apply(quick()),
                512,
                script,
                Optional.of(ChatTemplate.compile(CHATML, null, "<|im_end|>")),
                ServedModels::of,
                Optional.of(cache));
    }

    static ServerFixture saying(String answer) {
        return start(config -> config, request -> answer);
    }

    /** A model that keeps states of prompts. */
    static ServerFixture withStates(ModelStates states) {
        return new ServerFixture(
                quick(),
                512,
                request -> "",
                Optional.of(ChatTemplate.compile(CHATML, null, "<|im_end|>")),
                models -> ServedModels.of(models.stream()
                        .map(model -> new ServedModel(
                                model.id(),
                                model.createdEpochSeconds(),
                                model.fingerprint(),
                                model.engine(),
                                model.template(),
                                new ModelMeters(Optional.empty(), Optional.of(states))))
                        .toList()),
                Optional.empty());
    }

    /** With a model for embeddings beside it. */
    static ServerFixture embedding(EmbeddingModel model) {
        return new ServerFixture(
                quick(),
                512,
                request -> "",
                Optional.empty(),
                models -> ServedModels.of(models, model),
                Optional.empty());
    }

    static ServerFixture start(UnaryOperator<HttpConfig> change, Function<GenerationRequest, String> script) {
        return new ServerFixture(
                change.apply(quick()), 512, script, Optional.of(ChatTemplate.compile(CHATML, null, "<|im_end|>")));
    }

    /** A model with room for this many tokens of prompt and answer. */
    static ServerFixture roomy(
            int contextLength, UnaryOperator<HttpConfig> change, Function<GenerationRequest, String> script) {
        return new ServerFixture(
                change.apply(quick()),
                contextLength,
                script,
                Optional.of(ChatTemplate.compile(CHATML, null, "<|im_end|>")));
    }

    /** A model with this template and a longer context, behind a key. */
    static ServerFixture chatting(String key, String template, Function<GenerationRequest, String> script) {
        return new ServerFixture(
                Configs.keys(quick(), key),
                4096,
                script,
                Optional.of(ChatTemplate.compile(template, null, "<|im_end|>")));
    }

    /** A model that only completes text. */
    static ServerFixture completing(UnaryOperator<HttpConfig> change, Function<GenerationRequest, String> script) {
        return new ServerFixture(change.apply(quick()), 512, script, Optional.empty());
    }

    /** The default configuration on a free port, with short times. */
    static HttpConfig quick() {
        return Configs.keepAlive(HttpConfig.local(0), Duration.ofMillis(50));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.address().resolve(path)).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> get(String path) throws InterruptedException {
        return send(request(path).GET().build());
    }

    HttpResponse<String> delete(String path) throws InterruptedException {
        return send(request(path).DELETE().build());
    }

    HttpResponse<String> post(String path, String body) throws InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    HttpResponse<String> postWithKey(String path, String body, String key) throws InterruptedException {
        return send(request(path)
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    JsonNode json(HttpResponse<String> response) {
        return mapper.readTree(response.body());
    }

    JsonNode json(String text) {
        return mapper.readTree(text);
    }

    /** The data of each event of a stream, comments left out. */
    List<String> events(HttpResponse<String> response) {
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    URI address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
