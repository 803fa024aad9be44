package io.theseus.node.http;

import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.embedding.TextEmbedder.Reading;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.ServedModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/embeddings}. */
final class EmbeddingEndpoint {
    /** Texts between two looks at whether the client is still there. */
    private static final int CHUNK = 32;

    private final ServedModels models;
    private final Answering answering;

    EmbeddingEndpoint(ServedModels models, Answering answering) {
        this.models = models;
        this.answering = answering;
    }

    void answer(Exchange exchange) throws InterruptedException {
        Fields fields = new Fields(exchange.body(), "");
        EmbeddingModel model = choose(fields);
        exchange.model(model.id());
        try (Answering.Slot slot = answering.enter()) {
            TextEmbedder embedder = model.embedder();
            EmbeddingRequest request = EmbeddingRequest.read(fields, embedder);
            exchange.send(200, body(exchange, model, embedder, request));
        }
    }

    private EmbeddingModel choose(Fields fields) {
        Optional<String> id = fields.string("model").filter(name -> !name.isEmpty());
        EmbeddingModel model = models.embedding()
                .orElseThrow(() -> ApiError.of(
                        404,
                        "invalid_request_error",
                        "model_not_found",
                        "This node makes no embeddings; its setting embedding-model is none."));
        if (id.isPresent() && !id.get().equals(model.id())) {
            throw models.find(id.get()).isPresent()
                    ? ApiError.invalid(
                            "model",
                            "The model '" + id.get() + "' answers, but makes no embeddings; '" + model.id() + "' does.")
                    : ApiError.modelNotFound(id.get());
        }
        return model;
    }

    private static ObjectNode body(
            Exchange exchange, EmbeddingModel model, TextEmbedder embedder, EmbeddingRequest request) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("object", "list");
        ArrayNode data = body.putArray("data");
        int tokens = 0;
        List<Reading> inputs = request.inputs();
        exchange.client().watch(() -> {});
        for (int from = 0; from < inputs.size(); from += CHUNK) {
            List<Reading> chunk = inputs.subList(from, Math.min(inputs.size(), from + CHUNK));
            List<float[]> embeddings =
                    embedder.embedIds(chunk.stream().map(Reading::ids).toList());
            for (int i = 0; i < chunk.size(); i++) {
                tokens += chunk.get(i).ids().length;
                data.add(entry(from + i, embeddings.get(i), chunk.get(i).cut(), request.base64()));
            }
            if (exchange.client().isGone()) {
                throw new ClientGone(null);
            }
        }
        exchange.client().unwatch();
        exchange.usage().add(new Usage(tokens, 0, 0, 0, 0, 0), true);
        body.put("model", model.id());
        body.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return body;
    }

    private static ObjectNode entry(int index, float[] embedding, boolean cut, boolean base64) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("object", "embedding");
        entry.put("index", index);
        if (base64) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(Float.BYTES * embedding.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(embedding);
            entry.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
        } else {
            ArrayNode values = entry.putArray("embedding");
            for (float value : embedding) {
                values.add(value);
            }
        }
        if (cut) {
            entry.put("truncated", true);
        }
        return entry;
    }
}
