package io.theseus.node.http;

import io.theseus.cache.Scope;
import io.theseus.node.ServedModels;
import io.theseus.node.upstream.UpstreamHost;
import io.theseus.node.upstream.UpstreamRelay;
import io.theseus.node.upstream.UpstreamRelay.Relayed;
import io.theseus.node.upstream.UpstreamRequest;
import io.theseus.orchestrator.CacheControl;
import io.theseus.orchestrator.Recall;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests whose model another engine serves, and everything else under {@code /v1} that this node does not know. */
final class UpstreamEndpoint {
    /** What a client's headers may tell an upstream: never who the client is, or what it may do here. */
    private static final List<String> SENT_ALONG = List.of(
            "content-type",
            "accept",
            "accept-language",
            "openai-beta",
            "openai-organization",
            "openai-project",
            "traceparent",
            "tracestate");

    private static final String EMBEDDINGS = "/v1/embeddings";

    private final UpstreamRelay relay;
    private final ServedModels models;
    private final Answering answering;
    private final Metrics metrics;
    private final HttpConfig config;

    UpstreamEndpoint(
            UpstreamRelay relay, ServedModels models, Answering answering, Metrics metrics, HttpConfig config) {
        this.relay = relay;
        this.models = models;
        this.answering = answering;
        this.metrics = metrics;
        this.config = config;
    }

    /** Takes the requests for models of upstreams, and leaves the others to {@code local}. */
    Endpoint before(Endpoint local) {
        return exchange -> {
            Fields fields = new Fields(exchange.body(), "");
            String model = fields.string("model").orElse("");
            List<UpstreamHost> hosts = servedHere(exchange, model) ? List.of() : hosts(exchange, fields, model);
            if (hosts.isEmpty()) {
                local.handle(exchange);
            } else {
                answer(exchange, request(exchange, model), hosts, Optional.of(fields));
            }
        };
    }

    /** Whether this node answers itself. */
    private boolean servedHere(Exchange exchange, String model) {
        if (model.isEmpty()) {
            return exchange.path().equals(EMBEDDINGS) ? models.embedding().isPresent() : !alone();
        }
        return models.find(model).isPresent()
                || models.embedding().filter(own -> own.id().equals(model)).isPresent();
    }

    /** Whether this node has no model of its own, now or soon. */
    private boolean alone() {
        return models.state() instanceof ServedModels.State.Ready ready
                && ready.models().isEmpty();
    }

    private List<UpstreamHost> hosts(Exchange exchange, Fields fields, String model) throws InterruptedException {
        boolean sole = alone()
                && !(exchange.path().equals(EMBEDDINGS) && models.embedding().isPresent());
        boolean stream =
                fields.value("stream").map(flag -> flag.asBoolean(false)).orElse(false);
        return relay.pool().serving(model, sole, stream);
    }

    /** Any path that no other endpoint has: to the upstream of the model that its body names, else to the first one. */
    void other(Exchange exchange) throws InterruptedException {
        UpstreamRequest bare = request(exchange, "");
        String model = bare.json()
                .map(json -> json.path("model").asString(""))
                .filter(name -> !name.isEmpty())
                .orElse("");
        List<UpstreamHost> hosts = relay.pool().serving(model, true, bare.stream());
        if (hosts.isEmpty()) {
            throw ApiError.modelNotFound(model);
        }
        answer(exchange, bare, hosts, Optional.empty());
    }

    private static UpstreamRequest request(Exchange exchange, String model) {
        String target = exchange.target();
        // An upstream may understand such a path as one outside of its API.
        if (!target.matches("/v1/[A-Za-z0-9_~:@!$&'()*+,;=%./-]*(\\?[^#\\s\"<>\\\\^`{|}\\[\\]]*)?")
                || target.matches("(?i)[^?]*(/\\.|//|%2e|%2f|%5c).*")) {
            throw ApiError.badRequest("invalid_path", "This path cannot be relayed to an upstream.");
        }
        Map<String, String> headers = new HashMap<>();
        for (String name : SENT_ALONG) {
            exchange.header(name).ifPresent(value -> headers.put(name, value));
        }
        return UpstreamRequest.of(exchange.method(), target, exchange.bytes(), headers, model);
    }

    private void answer(Exchange exchange, UpstreamRequest request, List<UpstreamHost> hosts, Optional<Fields> fields)
            throws InterruptedException {
        if (!request.model().isEmpty()) {
            exchange.model(request.model());
        }
        Recall recall = fields.map(there -> RecallHeaders.read(exchange, there, config.scope(), request.question()))
                .orElse(new Recall(CacheControl.NONE, Scope.PRIVATE, false, false, "", ""));
        try (Answering.Slot slot = answering.enter()) {
            switch (relay.open(request, hosts, recall, RecallHeaders.byMeaning(exchange, relay.meanings()))) {
                case Relayed.Hit hit -> new UpstreamResponse(exchange, request, metrics).remembered(hit);
                case Relayed.Live live ->
                    new UpstreamResponse(exchange, request, metrics)
                            .relay(live, config.keepAliveInterval(), deadline());
            }
        }
    }

    private long deadline() {
        return System.nanoTime()
                + config.answerDeadline().orElse(Duration.ofDays(1)).toNanos();
    }
}
