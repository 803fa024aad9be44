package io.theseus.node.upstream;

import io.theseus.core.Digest;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request for another engine.
 *
 * @param path from {@code /v1} on, with the query
 * @param body as the client sent it; not to be changed
 * @param json the object in the body, if it is one
 * @param headers to send along, names in lower case
 * @param model that it names; empty if it names none
 */
public record UpstreamRequest(
        String method, String path, byte[] body, Optional<ObjectNode> json, Map<String, String> headers, String model) {
    /** Fields by which more is asked for than a text. */
    private static final List<String> NOT_BY_MEANING =
            List.of("tools", "functions", "logprobs", "top_logprobs", "audio", "modalities", "web_search_options");

    public UpstreamRequest {
        headers = Map.copyOf(headers);
    }

    /** Reads what a client sent. */
    public static UpstreamRequest of(
            String method, String path, byte[] body, Map<String, String> headers, String model) {
        return new UpstreamRequest(method, path, body, UpstreamJson.object(body), headers, model);
    }

    /** What is asked for. */
    enum Kind {
        CHAT,
        TEXT,
        /** Relayed, neither understood nor remembered. */
        OTHER
    }

    Kind kind() {
        return switch (path) {
            case "/v1/chat/completions" -> Kind.CHAT;
            case "/v1/completions" -> Kind.TEXT;
            default -> Kind.OTHER;
        };
    }

    /** Whether the answer is wanted as it comes. */
    public boolean stream() {
        return field("stream").map(value -> value.asBoolean(false)).orElse(false);
    }

    /** Whether a stream is to end with its token counts. */
    public boolean includeUsage() {
        return field("stream_options")
                .map(options -> options.path("include_usage").asBoolean(false))
                .orElse(false);
    }

    /** How many answers it asks for: {@code n} for each of its prompts. */
    int choices() {
        int each = field("n").map(n -> n.asInt(1)).orElse(1);
        int prompts = field("prompt")
                .filter(prompt ->
                        prompt.isArray() && !prompt.isEmpty() && !prompt.get(0).isNumber())
                .map(JsonNode::size)
                .orElse(1);
        return Math.max(1, each) * prompts;
    }

    /** Whether asking again is meant to give the same: greedy, or with a seed. A negative seed means "any" to some engines. */
    boolean repeatable() {
        boolean greedy = field("temperature")
                .filter(JsonNode::isNumber)
                .map(value -> value.decimalValue().signum() == 0)
                .orElse(false);
        boolean seeded = field("seed")
                .filter(JsonNode::isNumber)
                .map(value -> value.decimalValue().compareTo(BigDecimal.ZERO) >= 0)
                .orElse(false);
        return greedy || seeded;
    }

    /** Its name at {@code upstream}; see {@link RequestForm}. */
    Digest key(Upstream upstream) {
        return RequestForm.key(upstream.identity(), this);
    }

    /** The body with a wish for token counts at the end of its stream. */
    byte[] bodyWithUsage() {
        ObjectNode copy = json.orElseThrow().deepCopy();
        JsonNode options = copy.get("stream_options");
        ObjectNode to = options instanceof ObjectNode there ? there : copy.putObject("stream_options");
        to.put("include_usage", true);
        return UpstreamJson.bytes(copy);
    }

    /** What the last user said, or the prompt, for people. */
    public String question() {
        JsonNode messages = field("messages").orElse(null);
        if (messages == null) {
            return field("prompt").map(UpstreamRequest::text).orElse("");
        }
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).path("role").asString("").equals("user")) {
                return text(messages.get(i).path("content"));
            }
        }
        return "";
    }

    /**
     * The request with nothing where the user spoke last, if it is one that the answer to another question of the same meaning could
     * serve: a chat for one repeatable answer, without tools and log probabilities, that ends with a text of the user.
     */
    Optional<UpstreamRequest> frame() {
        if (kind() != Kind.CHAT
                || !repeatable()
                || choices() != 1
                || NOT_BY_MEANING.stream().anyMatch(this::wants)) {
            return Optional.empty();
        }
        JsonNode last = field("messages")
                .filter(messages -> !messages.isEmpty())
                .map(messages -> messages.get(messages.size() - 1))
                .orElse(null);
        if (last == null
                || !last.path("role").asString("").equals("user")
                || !last.path("content").isString()) {
            return Optional.empty();
        }
        ObjectNode silent = json.orElseThrow().deepCopy();
        if (silent.path("messages").get(silent.path("messages").size() - 1) instanceof ObjectNode message) {
            message.put("content", "");
        }
        return Optional.of(new UpstreamRequest(method, path, body, Optional.of(silent), headers, model));
    }

    private boolean wants(String name) {
        return field(name)
                .map(value -> value.isContainer() ? !value.isEmpty() : !value.isBoolean() || value.booleanValue())
                .orElse(false);
    }

    private static String text(JsonNode content) {
        if (content.isString()) {
            return content.stringValue();
        }
        StringBuilder text = new StringBuilder();
        content.forEach(part -> text.append(text.isEmpty() ? "" : "\n")
                .append(part.isString() ? part.stringValue() : part.path("text").asString("")));
        return text.toString();
    }

    Optional<JsonNode> field(String name) {
        return json.map(object -> object.get(name)).filter(value -> !value.isNull());
    }
}
