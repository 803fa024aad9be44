package io.theseus.node.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes JSON within bounds, and refuses what different readers would understand differently. */
final class Json {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NUMBER_CHARS = 100;
    private static final int MAX_NAME_CHARS = 10_000;

    private final JsonMapper mapper;

    /** @param maxBytes largest document; no string in it can be longer */
    Json(int maxBytes) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .maxNameLength(MAX_NAME_CHARS)
                        .maxStringLength(maxBytes)
                        .maxDocumentLength(maxBytes)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
        this.mapper = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /**
     * The object that {@code body} holds.
     *
     * @throws ApiException status 400 if it is not one JSON object
     */
    ObjectNode object(byte[] body) {
        JsonNode node;
        try {
            node = body.length == 0 ? mapper.missingNode() : mapper.readTree(body);
        } catch (JacksonException e) {
            throw ApiError.badRequest(
                    "invalid_json", "The body is not valid JSON: " + e.getOriginalMessage() + position(e) + ".");
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiError.badRequest(
                "invalid_json",
                body.length == 0
                        ? "The body is empty; send a JSON object."
                        : "The body is a JSON " + typeName(node) + "; send an object.");
    }

    private static String position(JacksonException e) {
        return e.getLocation() == null || e.getLocation().getLineNr() < 0
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    byte[] bytes(JsonNode node) {
        return mapper.writeValueAsBytes(node);
    }

    /** The name of a value's type in messages to people. */
    static String typeName(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "array";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            case NUMBER -> "number";
            case OBJECT -> "object";
            case STRING -> "string";
            case BINARY, POJO -> "value of another kind";
            case MISSING -> "nothing";
        };
    }

    /**
     * The value as plain Java: {@link LinkedHashMap}, {@link ArrayList}, {@link String}, {@link Boolean}, {@link Long},
     * {@link BigInteger}, {@link Double} or null, which is what chat templates take.
     */
    static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(plain(element)));
                yield list;
            }
            case OBJECT -> map(node);
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            case STRING -> text(node.stringValue());
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    /** An object's fields in order, as {@link #plain}. */
    static Map<String, @Nullable Object> map(JsonNode object) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        object.properties().forEach(field -> map.put(text(field.getKey()), plain(field.getValue())));
        return map;
    }

    private static Object number(JsonNode node) {
        if (node.isIntegralNumber()) {
            BigInteger value = node.bigIntegerValue();
            return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
        }
        return node.doubleValue();
    }

    /**
     * {@code text} with each half of a surrogate pair that lacks the other replaced by U+FFFD, as browsers do when they encode:
     * JavaScript programs that cut strings send such halves, and they have no UTF-8.
     */
    static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return replaceLoneSurrogates(text);
            }
        }
        return text;
    }

    private static String replaceLoneSurrogates(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
