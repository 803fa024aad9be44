package io.theseus.node.http;

import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.embedding.TextEmbedder.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * A request for embeddings, checked.
 *
 * @param inputs at least one
 * @param base64 whether each embedding comes as base64 of little-endian f32, and not as numbers
 */
record EmbeddingRequest(List<Reading> inputs, boolean base64) {
    /** As many as OpenAI takes. */
    private static final int MAX_INPUTS = 2048;

    static EmbeddingRequest read(Fields fields, TextEmbedder embedder) {
        String format = fields.string("encoding_format").orElse("float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw ApiError.invalid(
                    "encoding_format", "encoding_format is \"" + format + "\", expected float or base64.");
        }
        OptionalInt dimensions = fields.integer("dimensions", 1, 1 << 16);
        if (dimensions.orElse(embedder.dimensions()) != embedder.dimensions()) {
            throw ApiError.unsupported(
                    "dimensions",
                    "dimensions is " + dimensions.getAsInt() + ", but this model makes embeddings of "
                            + embedder.dimensions() + "; it was not trained to be cut shorter.");
        }
        return new EmbeddingRequest(inputs(fields, embedder), format.equals("base64"));
    }

    private static List<Reading> inputs(Fields fields, TextEmbedder embedder) {
        JsonNode input = fields.value("input").orElseThrow(() -> fields.missing("input"));
        if (input.isString()) {
            return List.of(ofText(input, "input", embedder));
        }
        if (!input.isArray()) {
            throw fields.wrongType("input", "a string, an array of strings, or an array of token ids", input);
        }
        if (input.isEmpty()) {
            throw ApiError.invalid("input", "input is an empty array; it needs at least one entry.");
        }
        if (input.get(0).isNumber()) {
            return List.of(ofIds(input, "input", embedder));
        }
        if (input.size() > MAX_INPUTS) {
            throw ApiError.invalid(
                    "input", "input has " + input.size() + " entries, expected at most " + MAX_INPUTS + ".");
        }
        List<Reading> inputs = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            JsonNode entry = input.get(i);
            String path = "input[" + i + "]";
            if (entry.isString()) {
                inputs.add(ofText(entry, path, embedder));
            } else if (entry.isArray()) {
                inputs.add(ofIds(entry, path, embedder));
            } else {
                throw Fields.wrongTypeAt(path, "a string or an array of token ids", entry);
            }
        }
        return inputs;
    }

    private static Reading ofText(JsonNode text, String path, TextEmbedder embedder) {
        String value = Json.text(text.stringValue());
        if (value.isEmpty()) {
            throw ApiError.invalid(path, path + " is an empty string; it has no meaning to embed.");
        }
        return embedder.reading(value);
    }

    private static Reading ofIds(JsonNode ids, String path, TextEmbedder embedder) {
        if (ids.isEmpty()) {
            throw ApiError.invalid(path, path + " is an empty array; it needs at least one token id.");
        }
        return embedder.reading(CompletionRequest.readIds(ids, path, embedder.tokenizer()));
    }
}
