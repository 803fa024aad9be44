package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON in and out of commands. Loaded only by those that speak it: Jackson costs a tenth of a second to start. */
final class JsonText {
    /** A whole book fits into one string. */
    private static final int MAX_STRING = 256 << 20;

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_STRING)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** An empty object to fill. */
    ObjectNode object() {
        return mapper.createObjectNode();
    }

    JsonMapper mapper() {
        return mapper;
    }

    /** On one line. */
    String line(JsonNode node) {
        return mapper.writeValueAsString(node);
    }

    /** Indented, for people. */
    String page(JsonNode node) {
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    /**
     * The one JSON object in {@code utf8}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if it is anything else
     */
    JsonRequest request(byte[] utf8) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "this is not UTF-8", e);
        }
        if (text.isBlank()) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "nothing here, expected a JSON object");
        }
        try {
            JsonNode node = mapper.readTree(text);
            if (node instanceof ObjectNode object) {
                return new JsonRequest(this, object);
            }
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "expected a JSON object, found "
                            + node.getNodeType().toString().toLowerCase(java.util.Locale.ROOT));
        } catch (JacksonException e) {
            String where = Optional.ofNullable(e.getLocation())
                    .map(at -> " (column " + at.getColumnNr() + ")")
                    .orElse("");
            throw new TheseusException(ErrorCode.BAD_INPUT, "not JSON: " + e.getOriginalMessage() + where, e);
        }
    }
}
