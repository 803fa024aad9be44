package io.theseus.node.upstream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A complete answer of another engine, kept as it was sent: the JSON of a message, or the events of a stream. It can be given in either
 * form; in its own with every byte but the token counts.
 */
public final class UpstreamAnswer {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[] payload;
    private final boolean streamed;
    private final ObjectNode message;

    private UpstreamAnswer(byte[] payload, boolean streamed, ObjectNode message) {
        this.payload = payload;
        this.streamed = streamed;
        this.message = message;
    }

    /**
     * Reads an answer.
     *
     * @return empty if it is none
     */
    public static Optional<UpstreamAnswer> read(byte[] payload) {
        Optional<ObjectNode> whole = UpstreamJson.object(payload);
        if (whole.isPresent()) {
            return Optional.of(new UpstreamAnswer(payload, false, whole.get()));
        }
        DeltaMerge merge = new DeltaMerge();
        List<byte[]> events = split(payload);
        events.forEach(event -> chunk(event).ifPresent(merge::add));
        return events.isEmpty() ? Optional.empty() : Optional.of(new UpstreamAnswer(payload, true, merge.message()));
    }

    private static List<byte[]> split(byte[] payload) {
        List<byte[]> events = new ArrayList<>();
        new EventSplitter(Integer.MAX_VALUE - 8).accept(payload, events::add);
        return events;
    }

    private static Optional<ObjectNode> chunk(byte[] event) {
        return EventSplitter.data(event).flatMap(UpstreamJson::object);
    }

    /** The answer's text. */
    public String text() {
        JsonNode first = message.path("choices").path(0);
        JsonNode content = first.has("message") ? first.path("message").path("content") : first.path("text");
        return content.asString("");
    }

    /** Why the first choice ended. */
    public Optional<String> finishReason() {
        JsonNode reason = message.path("choices").path(0).path("finish_reason");
        return reason.isString() ? Optional.of(reason.stringValue()) : Optional.empty();
    }

    /** The model's name, as the upstream says it. */
    String model() {
        return message.path("model").asString("");
    }

    /** Whether it says how many tokens it took. */
    public boolean counted() {
        return message.path("usage").path("prompt_tokens").isNumber();
    }

    public int promptTokens() {
        return Math.max(0, message.path("usage").path("prompt_tokens").asInt(0));
    }

    public int completionTokens() {
        return Math.max(0, message.path("usage").path("completion_tokens").asInt(0));
    }

    /**
     * As one JSON object.
     *
     * @param remembered whether no token of it had to be computed
     */
    public byte[] message(boolean remembered) {
        if (!streamed && !(remembered && counted())) {
            return payload;
        }
        return UpstreamJson.bytes(remembered ? cached(message) : message);
    }

    /**
     * As server-sent events.
     *
     * @param usage whether token counts are wanted at the end
     * @param remembered whether no token of it had to be computed
     */
    public byte[] events(boolean usage, boolean remembered) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] event : streamed ? split(payload) : made(usage)) {
            Optional<ObjectNode> chunk = remembered || !usage ? chunk(event) : Optional.empty();
            boolean counts = chunk.map(json -> json.hasNonNull("usage")).orElse(false);
            boolean onlyCounts = counts && chunk.get().path("choices").isEmpty();
            if (onlyCounts && !usage) {
                continue;
            }
            out.writeBytes(counts && remembered ? event(cached(chunk.get())) : event);
        }
        return out.toByteArray();
    }

    private static ObjectNode cached(ObjectNode answer) {
        ObjectNode copy = answer.deepCopy();
        if (copy.get("usage") instanceof ObjectNode usage
                && usage.path("prompt_tokens").isNumber()) {
            ObjectNode details = usage.get("prompt_tokens_details") instanceof ObjectNode there
                    ? there
                    : usage.putObject("prompt_tokens_details");
            details.set("cached_tokens", usage.get("prompt_tokens"));
        }
        return copy;
    }

    /** The events that a stream of this message might have had. */
    private List<byte[]> made(boolean usage) {
        List<byte[]> events = new ArrayList<>();
        for (JsonNode choice : message.path("choices")) {
            if (choice instanceof ObjectNode object) {
                choice(object, events);
            }
        }
        if (usage && message.hasNonNull("usage")) {
            ObjectNode last = head();
            last.putArray("choices");
            last.set("usage", message.get("usage"));
            events.add(event(last));
        }
        events.add(DONE);
        return events;
    }

    private void choice(ObjectNode choice, List<byte[]> events) {
        ObjectNode part = choice.deepCopy();
        ObjectNode end = JsonNodeFactory.instance.objectNode();
        end.set("index", part.path("index").isNumber() ? part.get("index") : JsonNodeFactory.instance.numberNode(0));
        if (part.remove("message") instanceof ObjectNode said) {
            ObjectNode role = end.deepCopy();
            role.putObject("delta").put("role", said.path("role").asString("assistant"));
            role.putNull("finish_reason");
            events.add(event(with(role)));
            said.remove("role");
            int at = 0;
            for (JsonNode call : said.path("tool_calls")) {
                if (call instanceof ObjectNode object && !object.has("index")) {
                    object.put("index", at);
                }
                at++;
            }
            part.set("delta", said);
            end.putObject("delta");
        } else {
            end.put("text", "");
        }
        end.set("finish_reason", part.path("finish_reason"));
        part.putNull("finish_reason");
        events.add(event(with(part)));
        events.add(event(with(end)));
    }

    private ObjectNode with(ObjectNode choice) {
        ObjectNode chunk = head();
        ArrayNode choices = chunk.putArray("choices");
        choices.add(choice);
        return chunk;
    }

    private ObjectNode head() {
        ObjectNode chunk = message.deepCopy();
        chunk.remove("choices");
        chunk.remove("usage");
        if (chunk.path("object").asString("").equals("chat.completion")) {
            chunk.put("object", "chat.completion.chunk");
        }
        return chunk;
    }

    private static byte[] event(ObjectNode data) {
        byte[] json = UpstreamJson.bytes(data);
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 8);
        out.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(json);
        out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /** The events of a stream, or a message as one piece; not to be changed. */
    List<byte[]> pieces() {
        return streamed ? split(payload) : List.of(payload);
    }

    /** Whether an event holds token counts and no part of any choice. */
    static boolean onlyCounts(byte[] event) {
        return chunk(event)
                .map(json -> json.hasNonNull("usage") && json.path("choices").isEmpty())
                .orElse(false);
    }

    /** The bytes as the upstream sent them; not to be changed. */
    byte[] payload() {
        return payload;
    }

    /** Whether they are events. */
    boolean streamed() {
        return streamed;
    }
}
