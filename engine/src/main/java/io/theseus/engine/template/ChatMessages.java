package io.theseus.engine.template;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns messages as API clients send them into the form templates expect. */
public final class ChatMessages {
    private ChatMessages() {}

    /**
     * A copy in which arguments of earlier tool calls that are JSON text are objects, lists of text parts are one
     * string (one line each), an assistant message that only calls tools has an empty content, and a {@code developer}
     * is called {@code system} where the template does not know the newer name. A template that shows only lists of
     * parts gets such lists instead.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for a content that is neither a text nor text parts
     */
    public static List<Map<String, Object>> normalize(ChatTemplate template, List<Map<String, Object>> messages) {
        boolean knowsDeveloper = template.source().contains("developer");
        List<Map<String, Object>> normalized = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Map<String, Object> message = new LinkedHashMap<>(messages.get(i));
            if ("developer".equals(message.get("role")) && !knowsDeveloper) {
                message.put("role", "system");
            }
            if (message.get("tool_calls") instanceof List<?> calls) {
                message.put("tool_calls", withObjects(calls));
            }
            String text = text(message.get("content"), i);
            message.put("content", template.needsContentParts() ? List.of(Map.of("type", "text", "text", text)) : text);
            normalized.add(message);
        }
        return normalized;
    }

    private static String text(@Nullable Object content, int index) {
        switch (content) {
            case null -> {
                return "";
            }
            case String text -> {
                return text;
            }
            case List<?> parts -> {
                List<String> texts = new ArrayList<>();
                for (Object part : parts) {
                    if (!(part instanceof Map<?, ?> map) || !(map.get("text") instanceof String text)) {
                        String type = part instanceof Map<?, ?> map ? String.valueOf(map.get("type")) : "unknown";
                        throw bad(index, "a content part of type '" + type + "'; only text parts are supported");
                    }
                    texts.add(text);
                }
                return String.join("\n", texts);
            }
            default -> throw bad(index, "a content that is neither a text nor a list of parts; give a text");
        }
    }

    private static TheseusException bad(int index, String words) {
        return new TheseusException(ErrorCode.BAD_INPUT, "messages[" + index + "] has " + words);
    }

    private static List<Object> withObjects(List<?> calls) {
        List<Object> converted = new ArrayList<>(calls.size());
        for (Object call : calls) {
            if (call instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function) {
                Map<Object, @Nullable Object> copy = new LinkedHashMap<>(map);
                Map<Object, @Nullable Object> inner = new LinkedHashMap<>(function);
                if (function.get("arguments") instanceof String text) {
                    inner.put("arguments", arguments(text));
                }
                copy.put("function", inner);
                converted.add(copy);
            } else {
                converted.add(call);
            }
        }
        return converted;
    }

    /** The object a JSON text stands for; a text that is none is left as it is, since templates can show it too. */
    private static @Nullable Object arguments(String text) {
        boolean whole = Json.prefix(text, 0) instanceof Json.Prefix.Complete complete
                && complete.value() instanceof Map
                && text.substring(complete.end()).isBlank();
        return whole ? Json.read(text) : text.isBlank() ? Map.of() : text;
    }
}
