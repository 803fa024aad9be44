package io.theseus.node.http;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.CachedAnswer;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import io.theseus.node.AnswerJson;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code /theseus/v1/cache}: what is remembered, for people and the dashboard. */
final class CacheEndpoints {
    static final String LIST = "/theseus/v1/cache";
    static final String ONE = LIST + "/";
    private static final String PIN = "/pin";
    private static final int MOST_ROWS = 1000;
    private static final int USUAL_ROWS = 50;

    private final Optional<AnswerCache> cache;

    CacheEndpoints(Optional<AnswerCache> cache) {
        this.cache = cache;
    }

    /** {@code GET ?query=&limit=&offset=}: the answers that contain the query, last used first. */
    void list(Exchange exchange) throws InterruptedException {
        AnswerCache answers = cache();
        String query = exchange.query("query").orElse("");
        int limit = number(exchange, "limit", USUAL_ROWS, MOST_ROWS);
        int offset = number(exchange, "offset", 0, Integer.MAX_VALUE);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("total", answers.count(query));
        body.put("offset", offset);
        ArrayNode rows = body.putArray("answers");
        for (AnswerInfo info : answers.list(query, limit, offset)) {
            rows.add(AnswerJson.info(info));
        }
        exchange.send(200, body);
    }

    /** {@code DELETE}: everything, of one {@code model=} if it is given; pinned answers too with {@code pinned=true}. */
    void clear(Exchange exchange) throws InterruptedException {
        Optional<String> model = exchange.query("model");
        boolean pinned = exchange.query("pinned").map("true"::equals).orElse(false);
        int deleted = model.isPresent() ? cache().deleteModel(model.get()) : cache().clear(pinned);
        exchange.send(200, JsonNodeFactory.instance.objectNode().put("deleted", deleted));
    }

    /** {@code GET /{key}}: one answer with its text, receipt and proof. */
    void show(Exchange exchange) throws InterruptedException {
        AnswerCache answers = cache();
        Digest key = key(exchange, "");
        CachedAnswer answer = answers.inspect(key).orElseThrow(() -> unknown(key));
        exchange.send(200, AnswerJson.full(answer, answers.check(answer)));
    }

    /** {@code DELETE /{key}}, or {@code /{key}/pin}. */
    void delete(Exchange exchange) throws InterruptedException {
        if (exchange.path().endsWith(PIN)) {
            pin(exchange, false);
            return;
        }
        Digest key = key(exchange, "");
        if (!cache().delete(key)) {
            throw unknown(key);
        }
        exchange.send(200, JsonNodeFactory.instance.objectNode().put("deleted", 1));
    }

    /** {@code POST /{key}/pin}. */
    void pin(Exchange exchange) throws InterruptedException {
        pin(exchange, true);
    }

    private void pin(Exchange exchange, boolean pinned) throws InterruptedException {
        Digest key = key(exchange, PIN);
        if (!cache().pin(key, pinned)) {
            throw unknown(key);
        }
        exchange.send(
                200, JsonNodeFactory.instance.objectNode().put("key", key.hex()).put("pinned", pinned));
    }

    private AnswerCache cache() {
        return cache.orElseThrow(() -> ApiError.of(
                404, "invalid_request_error", "cache_off", "This node remembers nothing; its setting cache is off."));
    }

    private Digest key(Exchange exchange, String ending) throws InterruptedException {
        String rest = exchange.path().substring(ONE.length());
        if (!rest.endsWith(ending)) {
            throw ApiError.of(
                    404, "invalid_request_error", "unknown_url", "There is nothing at this path; docs/api.md helps.");
        }
        try {
            return cache().resolve(rest.substring(0, rest.length() - ending.length()));
        } catch (TheseusException e) {
            throw ApiError.of(404, "invalid_request_error", "unknown_key", e.getMessage() + ".");
        }
    }

    private static ApiException unknown(Digest key) {
        return ApiError.of(
                404, "invalid_request_error", "unknown_key", "No remembered answer has the key " + key.hex() + ".");
    }

    private static int number(Exchange exchange, String name, int usual, int most) {
        Optional<String> text = exchange.query(name);
        if (text.isEmpty()) {
            return usual;
        }
        if (!text.get().matches("\\d{1,10}") || Long.parseLong(text.get()) > most) {
            throw ApiError.invalid(name, name + " is \"" + text.get() + "\", expected 0 to " + most + ".");
        }
        return Integer.parseInt(text.get());
    }
}
