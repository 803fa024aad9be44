package io.theseus.node.http;

import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.node.ServedModels.State;
import io.theseus.node.upstream.UpstreamPool;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /v1/models}, {@code GET /v1/models/ID}, {@code GET /health}. */
final class ModelEndpoints {
    static final String MODEL_PREFIX = "/v1/models/";

    private final ServedModels models;
    private final Optional<UpstreamPool> upstreams;

    ModelEndpoints(ServedModels models, Optional<UpstreamPool> upstreams) {
        this.models = models;
        this.upstreams = upstreams;
    }

    void list(Exchange exchange) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("object", "list");
        ArrayNode data = body.putArray("data");
        models.models().forEach(model -> data.add(describe(model)));
        if (models.state() instanceof State.Ready) {
            models.embedding().ifPresent(model -> data.add(describe(model)));
        }
        Set<String> here = new HashSet<>();
        data.forEach(model -> here.add(model.path("id").stringValue()));
        upstreams.ifPresent(pool -> pool.models().forEach((id, model) -> {
            if (here.add(id)) {
                data.add(model);
            }
        }));
        exchange.send(200, body);
    }

    void one(Exchange exchange) {
        String id = exchange.path().substring(MODEL_PREFIX.length());
        Optional<EmbeddingModel> embedding =
                models.embedding().filter(model -> model.id().equals(id));
        ObjectNode elsewhere = upstreams.map(pool -> pool.models().get(id)).orElse(null);
        if (elsewhere != null && embedding.isEmpty() && models.find(id).isEmpty()) {
            exchange.send(200, elsewhere);
            return;
        }
        exchange.send(200, embedding.map(ModelEndpoints::describe).orElseGet(() -> describe(find(models, id))));
    }

    /** 200 with {@code ready}; 503 with {@code loading}, {@code unhealthy} or {@code stopping}. */
    void health(Exchange exchange) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        switch (models.state()) {
            case State.Ready ready -> {
                boolean healthy =
                        ready.models().stream().allMatch(model -> model.engine().healthy());
                body.put("status", healthy ? "ready" : "unhealthy");
                if (!healthy) {
                    body.put("message", "The engine takes no more requests; restart the node.");
                }
                exchange.send(healthy ? 200 : 503, body);
            }
            case State.Loading() -> exchange.send(503, body.put("status", "loading"));
            case State.Failed(String message) ->
                exchange.send(503, body.put("status", "unhealthy").put("message", message));
            case State.Stopping() -> exchange.send(503, body.put("status", "stopping"));
        }
    }

    private static ObjectNode describe(EmbeddingModel model) {
        return describe(model.id(), model.createdEpochSeconds()).put("context_length", TextEmbedder.MAX_TOKENS);
    }

    private static ObjectNode describe(String id, long created) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.put("object", "model");
        json.put("created", created);
        json.put("owned_by", "theseus");
        return json;
    }

    private static ObjectNode describe(ServedModel model) {
        ObjectNode json = describe(model.id(), model.createdEpochSeconds());
        json.put("context_length", model.engine().contextLength());
        return json;
    }

    /**
     * The model of this id.
     *
     * @throws ApiException status 404 if it is not served, 503 if nothing is now
     */
    private static ServedModel find(ServedModels models, String id) {
        requireReady(models);
        return models.find(id)
                .orElseThrow(
                        () -> models.embedding().filter(m -> m.id().equals(id)).isPresent()
                                ? ApiError.invalid(
                                        "model",
                                        "The model '" + id + "' makes embeddings; ask for them at /v1/embeddings.")
                                : ApiError.modelNotFound(id));
    }

    /** The model a request names, or the first one. */
    static ServedModel choose(ServedModels models, Fields fields) {
        Optional<String> id = fields.string("model").filter(name -> !name.isEmpty());
        return id.isPresent() ? find(models, id.get()) : first(models);
    }

    private static ServedModel first(ServedModels models) {
        requireReady(models);
        return models.models().stream()
                .findFirst()
                .orElseThrow(() -> ApiError.unavailable("loading", "No model is loaded."));
    }

    private static void requireReady(ServedModels models) {
        switch (models.state()) {
            case State.Ready ready -> {}
            case State.Loading() ->
                throw ApiError.unavailable("loading", "The model is being loaded; try again in a moment.");
            case State.Failed(String message) -> throw ApiError.unavailable("model_failed", message);
            case State.Stopping() -> throw ApiError.unavailable("shutting_down", "This node is shutting down.");
        }
    }
}
