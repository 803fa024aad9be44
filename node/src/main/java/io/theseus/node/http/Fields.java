package io.theseus.node.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Reads the fields of a JSON object, and names the one that is wrong. A field that is null counts as absent, as for OpenAI. */
final class Fields {
    private final JsonNode object;
    private final String prefix;

    /** @param prefix what stands before this object's fields in messages: empty, or for example {@code messages[0].} */
    Fields(JsonNode object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    /** The field's full name in messages. */
    String path(String name) {
        return prefix + name;
    }

    Optional<JsonNode> value(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> string(String name) {
        return value(name).map(value -> {
            if (!value.isString()) {
                throw wrongType(name, "a string", value);
            }
            return Json.text(value.stringValue());
        });
    }

    /** Like {@link #string}, for a field that must be there. */
    String requireString(String name) {
        return string(name).orElseThrow(() -> missing(name));
    }

    /** Like {@link #object}, for a field that must be there. */
    Fields requireObject(String name) {
        return object(name).orElseThrow(() -> missing(name));
    }

    /** Like {@link #array}, for a field that must be there. */
    List<JsonNode> requireArray(String name, int maxLength) {
        return array(name, maxLength).orElseThrow(() -> missing(name));
    }

    boolean flag(String name, boolean otherwise) {
        return value(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw wrongType(name, "a boolean", value);
                    }
                    return value.booleanValue();
                })
                .orElse(otherwise);
    }

    OptionalLong integer(String name) {
        Optional<JsonNode> value = value(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        JsonNode number = value.get();
        if (number.isIntegralNumber() && number.canConvertToLong()) {
            return OptionalLong.of(number.longValue());
        }
        // Some clients know only floating-point numbers: 16.0 is an integer.
        if (number.isNumber()
                && number.doubleValue() == Math.rint(number.doubleValue())
                && Math.abs(number.doubleValue()) <= 1L << 53) {
            return OptionalLong.of((long) number.doubleValue());
        }
        throw wrongType(name, "a 64-bit integer", number);
    }

    OptionalInt integer(String name, int min, int max) {
        OptionalLong value = integer(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.getAsLong() < min || value.getAsLong() > max) {
            throw ApiError.invalid(
                    path(name), path(name) + " is " + value.getAsLong() + ", expected " + min + " to " + max + ".");
        }
        return OptionalInt.of((int) value.getAsLong());
    }

    OptionalDouble real(String name, double min, double max) {
        Optional<JsonNode> value = value(name);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (!value.get().isNumber()) {
            throw wrongType(name, "a number", value.get());
        }
        double number = value.get().doubleValue();
        if (!(number >= min && number <= max)) {
            throw ApiError.invalid(path(name), path(name) + " is " + number + ", expected " + min + " to " + max + ".");
        }
        return OptionalDouble.of(number);
    }

    Optional<Fields> object(String name) {
        return value(name).map(value -> {
            if (!value.isObject()) {
                throw wrongType(name, "an object", value);
            }
            return new Fields(value, path(name) + ".");
        });
    }

    Optional<List<JsonNode>> array(String name, int maxLength) {
        return value(name).map(value -> {
            if (!value.isArray()) {
                throw wrongType(name, "an array", value);
            }
            if (value.size() > maxLength) {
                throw ApiError.invalid(
                        path(name),
                        path(name) + " has " + value.size() + " entries, expected at most " + maxLength + ".");
            }
            List<JsonNode> list = new ArrayList<>(value.size());
            value.forEach(list::add);
            return list;
        });
    }

    JsonNode node() {
        return object;
    }

    ApiException wrongType(String name, String expected, JsonNode found) {
        return wrongTypeAt(path(name), expected, found);
    }

    static ApiException wrongTypeAt(String path, String expected, JsonNode found) {
        return ApiError.invalidType(
                path, path + " is " + article(Json.typeName(found)) + ", expected " + expected + ".");
    }

    private static String article(String noun) {
        return noun.equals("null") || noun.equals("nothing")
                ? noun
                : ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
    }

    ApiException missing(String name) {
        return ApiError.missing(path(name));
    }
}
