package io.theseus.engine.toolcall;

import io.theseus.engine.template.Json;
import io.theseus.engine.toolcall.CallReader.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a model wrote as a call into a name and a JSON object of arguments. An empty list means it is no call. */
final class CallDecoder {
    private CallDecoder() {}

    /**
     * The calls of a JSON value: one object or a list of them.
     *
     * @param strict whether the arguments must be there, for objects that nothing marks as calls
     */
    static List<Call> calls(@Nullable Object value, boolean strict) {
        List<Call> calls = new ArrayList<>();
        for (Object item : value instanceof List<?> list ? list : List.of(value == null ? "" : value)) {
            Optional<Call> call = item instanceof Map<?, ?> object ? call(object, strict) : Optional.empty();
            if (call.isEmpty()) {
                return List.of();
            }
            calls.add(call.get());
        }
        return calls;
    }

    private static Optional<Call> call(Map<?, ?> object, boolean strict) {
        Map<?, ?> from = object.get("function") instanceof Map<?, ?> function ? function : object;
        Object name = from.get("name") == null ? from.get("function") : from.get("name");
        boolean given = from.containsKey("arguments") || from.containsKey("parameters");
        Object arguments = from.containsKey("arguments") ? from.get("arguments") : from.get("parameters");
        if (!(name instanceof String text) || text.isBlank() || (strict && !given)) {
            return Optional.empty();
        }
        return arguments(arguments).map(json -> new Call(text, json));
    }

    /** The call of {@code name} with a JSON value as arguments. */
    static List<Call> named(String name, @Nullable Object arguments) {
        return arguments(arguments).map(json -> List.of(new Call(name, json))).orElse(List.of());
    }

    /** Arguments as the text of a JSON object; some models write that text as a string. */
    private static Optional<String> arguments(@Nullable Object arguments) {
        return switch (arguments) {
            case null -> Optional.of("{}");
            case Map<?, ?> object -> Optional.of(Json.write(object));
            case String text ->
                Json.prefix(text, 0) instanceof Json.Prefix.Complete complete
                                && complete.value() instanceof Map
                                && text.substring(complete.end()).isBlank()
                        ? Optional.of(Json.write(complete.value()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The call in {@code <function=n>...} or {@code n<arg_key>...}. */
    static List<Call> tagged(String text, ArgumentTypes types) {
        String body = text.strip();
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        if (body.startsWith("<function=")) {
            int nameEnd = body.indexOf('>');
            int end = body.lastIndexOf("</function>");
            if (nameEnd < 0 || end < nameEnd) {
                return List.of();
            }
            String name = body.substring("<function=".length(), nameEnd).strip();
            boolean read = parameters(body.substring(nameEnd + 1, end), name, types, arguments);
            return read && !name.isEmpty() ? named(name, arguments) : List.of();
        }
        int first = body.indexOf("<arg_key>");
        String name = (first < 0 ? body : body.substring(0, first)).strip();
        boolean read = pairs(first < 0 ? "" : body.substring(first), name, types, arguments);
        boolean plain =
                !name.isEmpty() && name.chars().noneMatch(c -> Character.isWhitespace(c) || c == '<' || c == '>');
        return read && plain ? named(name, arguments) : List.of();
    }

    /** {@code <parameter=k>\nv\n</parameter>}, repeated. A value may hold anything but the tag that follows it. */
    private static boolean parameters(
            String text, String function, ArgumentTypes types, Map<String, @Nullable Object> into) {
        int at = 0;
        while (true) {
            int open = text.indexOf("<parameter=", at);
            if (open < 0) {
                return text.substring(at).isBlank();
            }
            int nameEnd = text.indexOf('>', open);
            int close = nameEnd < 0 ? -1 : text.indexOf("</parameter>", nameEnd);
            if (close < 0 || !text.substring(at, open).isBlank()) {
                return false;
            }
            String name = text.substring(open + "<parameter=".length(), nameEnd).strip();
            into.put(name, types.value(function, name, withoutOuterNewlines(text.substring(nameEnd + 1, close))));
            at = close + "</parameter>".length();
        }
    }

    /** {@code <arg_key>k</arg_key><arg_value>v</arg_value>}, repeated. */
    private static boolean pairs(
            String text, String function, ArgumentTypes types, Map<String, @Nullable Object> into) {
        int at = 0;
        while (at < text.length()) {
            int keyEnd = text.indexOf("</arg_key>", at);
            int value = keyEnd < 0 ? -1 : text.indexOf("<arg_value>", keyEnd);
            int valueEnd = value < 0 ? -1 : text.indexOf("</arg_value>", value);
            if (!text.startsWith("<arg_key>", at) || valueEnd < 0) {
                return false;
            }
            String key = text.substring(at + "<arg_key>".length(), keyEnd).strip();
            into.put(key, types.value(function, key, text.substring(value + "<arg_value>".length(), valueEnd)));
            at = Held.leadingSpace(text, valueEnd + "</arg_value>".length());
        }
        return true;
    }

    private static String withoutOuterNewlines(String value) {
        int from = value.startsWith("\n") ? 1 : 0;
        int to = value.length() > from && value.endsWith("\n") ? value.length() - 1 : value.length();
        return value.substring(from, to);
    }
}
