package io.theseus.node.http;

import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.node.prompt.Bos;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /tokenize} and {@code POST /detokenize}; field names of llama.cpp ({@code content}) and vLLM ({@code prompt}). */
final class TokenEndpoints {
    private static final int MAX_TOKENS = 1 << 24;

    private final ServedModels models;
    private final ModelTools tools;
    private final InstantSource clock;

    TokenEndpoints(ServedModels models, ModelTools tools, InstantSource clock) {
        this.models = models;
        this.tools = tools;
        this.clock = clock;
    }

    void tokenize(Exchange exchange) {
        Fields fields = new Fields(exchange.body(), "");
        ServedModel model = ModelEndpoints.choose(models, fields);
        Tokenizer tokenizer = model.engine().tokenizer();
        int[] ids = ids(fields, model, tokenizer);
        boolean pieces = fields.flag("with_pieces", false);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode tokens = body.putArray("tokens");
        for (int id : ids) {
            if (pieces) {
                tokens.addObject().put("id", id).put("piece", new String(tokenizer.bytes(id), StandardCharsets.UTF_8));
            } else {
                tokens.add(id);
            }
        }
        body.put("count", ids.length);
        body.put("max_model_len", model.engine().contextLength());
        exchange.send(200, body);
    }

    private int[] ids(Fields fields, ServedModel model, Tokenizer tokenizer) {
        if (fields.value("messages").isPresent()) {
            ModelTools.Chat chat = tools.chat(model);
            return chat.writer()
                    .write(ChatRequest.read(fields, chat.template()).input(clock.instant()))
                    .ids();
        }
        String name = fields.value("prompt").isPresent() ? "prompt" : "content";
        Optional<String> text = fields.string(name);
        int[] ids = tokenizer.encode(
                text.orElseThrow(() -> fields.missing("content")), fields.flag("parse_special", false));
        boolean bos = fields.flag("add_special", fields.flag("add_special_tokens", false));
        return bos ? Bos.prepend(ids, tokenizer) : ids;
    }

    void detokenize(Exchange exchange) {
        Fields fields = new Fields(exchange.body(), "");
        ServedModel model = ModelEndpoints.choose(models, fields);
        Tokenizer tokenizer = model.engine().tokenizer();
        fields.requireArray("tokens", MAX_TOKENS);
        JsonNode array = fields.value("tokens").orElseThrow(() -> fields.missing("tokens"));
        String text = tokenizer.decode(CompletionRequest.readIds(array, "tokens", tokenizer), true);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", text);
        body.put("prompt", text);
        exchange.send(200, body);
    }
}
