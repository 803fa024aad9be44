package io.theseus.node.upstream;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.Digest;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The name of a question to another engine.
 *
 * <p>SHA-256 over {@link CanonicalBytes} under {@code theseus/upstream-request/1}: the upstream's address, the path, the headers that are
 * sent along and change answers, then the request's JSON: each value a tag (0 null, 1 false, 2 true, 3 number, 4 text, 5 list, 6 object);
 * numbers as unscaled digits and scale without trailing zeros, texts as UTF-8, lists with their count, objects with their count and their
 * fields in order of their names; 7 is a text with half a surrogate pair, as UTF-16. So spelling, order and white space do not matter,
 * and a field that nobody here knows counts.
 *
 * <p>Left out is what does not change an answer (how it is sent, who asked) and what says no more than leaving it out would, whatever the
 * engine: null in place of a known field, and the known fields' own defaults. Defaults that engines choose for themselves, such as
 * temperature, are not among them.
 */
final class RequestForm {
    private static final String DOMAIN = "theseus/upstream-request/1";

    /** How an answer is sent, and for whom. */
    private static final Set<String> IRRELEVANT = Set.of("stream", "stream_options", "user", "safety_identifier");

    /** Fields of OpenAI's API for which null means: as if it were not there. */
    private static final Set<String> KNOWN = Set.of(
            "audio",
            "best_of",
            "echo",
            "frequency_penalty",
            "function_call",
            "functions",
            "logit_bias",
            "logprobs",
            "max_completion_tokens",
            "max_tokens",
            "metadata",
            "modalities",
            "n",
            "parallel_tool_calls",
            "prediction",
            "presence_penalty",
            "reasoning_effort",
            "response_format",
            "seed",
            "service_tier",
            "stop",
            "store",
            "suffix",
            "temperature",
            "tool_choice",
            "tools",
            "top_logprobs",
            "top_p",
            "verbosity");

    private RequestForm() {}

    static Digest key(String identity, UpstreamRequest request) {
        CanonicalBytes out = new CanonicalBytes(DOMAIN).text(identity).text(request.path());
        Map<String, String> headers = new TreeMap<>(request.headers());
        headers.keySet().removeIf(name -> !name.startsWith("openai-"));
        out.integer(headers.size());
        headers.forEach((name, value) -> out.text(name).text(value));
        if (request.json().isPresent()) {
            write(out, canonical(request.json().get()));
        } else {
            out.bytes(request.body());
        }
        return out.sha256();
    }

    private static ObjectNode canonical(ObjectNode request) {
        ObjectNode copy = request.deepCopy();
        boolean greedy = isNumber(copy.get("temperature"), 0);
        for (String name : Set.copyOf(copy.propertyNames())) {
            JsonNode value = copy.get(name);
            if (IRRELEVANT.contains(name)
                    || (value.isNull() && KNOWN.contains(name))
                    || isDefault(name, value, greedy)) {
                copy.remove(name);
            }
        }
        if (copy.get("stop") != null && copy.get("stop").isString()) {
            JsonNode only = copy.get("stop");
            copy.putArray("stop").add(only);
        }
        return copy;
    }

    private static boolean isDefault(String name, JsonNode value, boolean greedy) {
        return switch (name) {
            case "n", "best_of" -> isNumber(value, 1);
            case "logprobs", "echo" -> value.isBoolean() && !value.booleanValue();
            case "frequency_penalty", "presence_penalty" -> isNumber(value, 0);
            // The likeliest token is among the most likely ones, so this cuts nothing from a greedy choice.
            case "top_p" -> greedy && isNumber(value, 1);
            case "stop", "logit_bias", "tools", "functions" -> value.isContainer() && value.isEmpty();
            case "response_format" ->
                value.size() == 1 && value.path("type").asString("").equals("text");
            default -> false;
        };
    }

    private static boolean isNumber(@Nullable JsonNode value, int number) {
        return value != null && value.isNumber() && value.decimalValue().compareTo(BigDecimal.valueOf(number)) == 0;
    }

    private static void write(CanonicalBytes out, JsonNode value) {
        switch (value.getNodeType()) {
            case NULL, MISSING -> out.octet(0);
            case BOOLEAN -> out.octet(value.booleanValue() ? 2 : 1);
            case NUMBER -> {
                BigDecimal number = value.decimalValue().stripTrailingZeros();
                out.octet(3).bytes(number.unscaledValue().toByteArray()).integer(number.scale());
            }
            case STRING -> text(out, value.stringValue());
            case ARRAY -> {
                out.octet(5).integer(value.size());
                value.forEach(entry -> write(out, entry));
            }
            case OBJECT -> {
                TreeSet<String> names = new TreeSet<>(value.propertyNames());
                out.octet(6).integer(names.size());
                for (String name : names) {
                    text(out, name);
                    write(out, value.get(name));
                }
            }
            case BINARY, POJO -> throw new IllegalStateException("JSON text holds no " + value.getNodeType());
        }
    }

    /** Half a pair has no UTF-8: encoders write the same for each. */
    private static void text(CanonicalBytes out, String text) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            out.octet(4).text(text);
        } else {
            ByteBuffer units = ByteBuffer.allocate(Character.BYTES * text.length());
            text.chars().forEach(unit -> units.putChar((char) unit));
            out.octet(7).bytes(units.array());
        }
    }
}
