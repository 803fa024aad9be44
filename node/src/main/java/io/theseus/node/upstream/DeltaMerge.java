package io.theseus.node.upstream;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts the chunks of a stream together to the answer that they are the parts of, fields that nobody here knows included.
 *
 * <p>Source: OpenAI API reference, chat completion chunk object; texts grow, lists grow by their entries' {@code index} or at their end,
 * everything else is as it was said last.
 */
final class DeltaMerge {
    /** Texts that come whole. */
    private static final Set<String> NAMES = Set.of("role", "type", "id", "name", "object", "model", "finish_reason");

    private final ObjectNode whole = JsonNodeFactory.instance.objectNode();
    private final ArrayNode choices = JsonNodeFactory.instance.arrayNode();

    /** Takes the next chunk. */
    void add(ObjectNode chunk) {
        chunk.properties().forEach(field -> {
            boolean first = field.getKey().equals("id") || field.getKey().equals("created");
            boolean old = whole.hasNonNull(field.getKey());
            boolean says = !field.getValue().isNull();
            if (!field.getKey().equals("choices") && !(first && old) && (says || !old)) {
                whole.set(field.getKey(), field.getValue());
            }
        });
        chunk.path("choices").forEach(choice -> {
            if (choice instanceof ObjectNode object) {
                choice(object);
            }
        });
    }

    private void choice(ObjectNode chunk) {
        int index = chunk.path("index").asInt(0);
        ObjectNode choice = at(choices, index);
        chunk.properties().forEach(field -> {
            if (field.getKey().equals("delta")) {
                if (field.getValue() instanceof ObjectNode delta) {
                    ObjectNode message =
                            choice.get("message") instanceof ObjectNode there ? there : choice.putObject("message");
                    merge(message, delta);
                }
            } else if (field.getValue().isString() && !field.getKey().equals("text")) {
                // Beside the text, what a choice says of itself comes whole, by some engines again and again.
                choice.set(field.getKey(), field.getValue());
            } else {
                grow(choice, field.getKey(), field.getValue());
            }
        });
    }

    private static void merge(ObjectNode into, ObjectNode delta) {
        delta.properties().forEach(field -> grow(into, field.getKey(), field.getValue()));
    }

    private static void grow(ObjectNode into, String name, JsonNode more) {
        JsonNode old = into.get(name);
        if (old == null || old.isNull()) {
            if (old == null || !more.isNull()) {
                into.set(name, more instanceof ArrayNode list ? appended(null, list) : more.deepCopy());
            }
        } else if (more.isString() && old.isString() && !NAMES.contains(name)) {
            into.put(name, old.stringValue() + more.stringValue());
        } else if (more instanceof ObjectNode object && old instanceof ObjectNode there) {
            merge(there, object);
        } else if (more instanceof ArrayNode list && old instanceof ArrayNode there) {
            appended(there, list);
        } else if (!more.isNull()) {
            into.set(name, more);
        }
    }

    private static ArrayNode appended(@Nullable ArrayNode to, ArrayNode list) {
        ArrayNode all = to == null ? JsonNodeFactory.instance.arrayNode() : to;
        for (JsonNode entry : list) {
            if (entry instanceof ObjectNode object && object.path("index").isInt()) {
                merge(at(all, object.path("index").intValue()), object);
            } else {
                all.add(entry);
            }
        }
        return all;
    }

    /** The entry of this index; a new one if there is none. */
    private static ObjectNode at(ArrayNode list, int index) {
        for (JsonNode entry : list) {
            if (entry instanceof ObjectNode object && object.path("index").asInt(0) == index) {
                return object;
            }
        }
        return list.addObject().put("index", index);
    }

    /** The answer in one piece. */
    ObjectNode message() {
        if (whole.path("object").asString("").equals("chat.completion.chunk")) {
            whole.put("object", "chat.completion");
        }
        for (JsonNode entry : choices) {
            if (entry.path("message") instanceof ObjectNode message) {
                complete(message);
            }
        }
        whole.set("choices", choices);
        return whole;
    }

    private static void complete(ObjectNode message) {
        if (!message.has("role")) {
            message.put("role", "assistant");
        }
        if (!message.has("content")) {
            message.putNull("content");
        }
        message.path("tool_calls").forEach(call -> {
            if (call instanceof ObjectNode object) {
                object.remove("index");
            }
        });
    }
}
