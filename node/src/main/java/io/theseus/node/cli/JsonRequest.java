package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of one JSON object by name and type. A field that is absent or null has its default; others that nobody asks for
 * are ignored, so that lines made for another purpose can be fed as they are.
 *
 * <p>Every method throws {@link TheseusException} with {@link ErrorCode#BAD_INPUT} for a value of the wrong type.
 */
record JsonRequest(JsonText json, ObjectNode fields) {

    boolean has(String name) {
        return field(name).isPresent();
    }

    Optional<String> text(String name) {
        return field(name).map(node -> {
            if (!node.isString()) {
                throw wrong(name, "a string", node);
            }
            return node.stringValue();
        });
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> missing(name, "a string"));
    }

    boolean flag(String name, boolean otherwise) {
        return field(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw wrong(name, "true or false", node);
                    }
                    return node.booleanValue();
                })
                .orElse(otherwise);
    }

    int integer(String name, int otherwise, int min, int max) {
        return field(name)
                .map(node -> {
                    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
                        throw wrong(name, "an integer", node);
                    }
                    int value = node.intValue();
                    if (value < min || value > max) {
                        throw new TheseusException(
                                ErrorCode.BAD_INPUT, "`" + name + "` is " + value + ", expected " + min + " to " + max);
                    }
                    return value;
                })
                .orElse(otherwise);
    }

    /** Token ids, at least one. */
    int[] ids() {
        JsonNode node = field("ids").orElseThrow(() -> missing("ids", "an array of token ids"));
        if (!node.isArray() || node.isEmpty()) {
            throw wrong("ids", "an array of at least one token id", node);
        }
        int[] ids = new int[node.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = node.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw wrong("ids[" + i + "]", "an integer", id);
            }
            ids[i] = id.intValue();
        }
        return ids;
    }

    /** An array of objects as plain Java values; empty if absent. */
    List<Map<String, Object>> objects(String name) {
        Optional<JsonNode> array = field(name);
        if (array.isEmpty()) {
            return List.of();
        }
        if (!array.get().isArray()) {
            throw wrong(name, "an array of objects", array.get());
        }
        List<Map<String, Object>> list = new ArrayList<>();
        for (JsonNode node : array.get()) {
            if (!node.isObject()) {
                throw wrong(name + "[" + list.size() + "]", "an object", node);
            }
            list.add(plain(node));
        }
        return list;
    }

    /** An object as plain Java values; empty if absent. */
    Map<String, Object> map(String name) {
        Optional<JsonNode> node = field(name);
        if (node.isEmpty()) {
            return Map.of();
        }
        if (!node.get().isObject()) {
            throw wrong(name, "an object", node.get());
        }
        return plain(node.get());
    }

    private Map<String, Object> plain(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        json.mapper().convertValue(object, Map.class).forEach((key, value) -> map.put(String.valueOf(key), value));
        return map;
    }

    private Optional<JsonNode> field(String name) {
        @Nullable JsonNode node = fields.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private static TheseusException missing(String name, String expected) {
        return new TheseusException(ErrorCode.BAD_INPUT, "`" + name + "` is missing, expected " + expected);
    }

    private static TheseusException wrong(String name, String expected, JsonNode found) {
        String kind = found.getNodeType().toString().toLowerCase(Locale.ROOT);
        return new TheseusException(ErrorCode.BAD_INPUT, "`" + name + "` is a " + kind + ", expected " + expected);
    }
}
