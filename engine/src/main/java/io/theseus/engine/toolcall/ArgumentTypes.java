package io.theseus.engine.toolcall;

import io.theseus.engine.template.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the definitions of tools say about the types of their parameters, for forms that write values as bare text. */
final class ArgumentTypes {
    /** By function, then parameter. */
    private final Map<String, Map<?, ?>> properties = new HashMap<>();

    ArgumentTypes(List<Map<String, Object>> tools) {
        for (Map<String, Object> tool : tools) {
            if (tool.get("function") instanceof Map<?, ?> function
                    && function.get("name") instanceof String name
                    && function.get("parameters") instanceof Map<?, ?> parameters
                    && parameters.get("properties") instanceof Map<?, ?> byName) {
                properties.put(name, byName);
            }
        }
    }

    /** The value that {@code text} means as argument {@code parameter} of {@code function}. */
    @Nullable
    Object value(String function, String parameter, String text) {
        Object schema = properties.getOrDefault(function, Map.of()).get(parameter);
        Object type = schema instanceof Map<?, ?> map ? map.get("type") : null;
        if ("string".equals(type)) {
            return text;
        }
        return Json.prefix(text, 0) instanceof Json.Prefix.Complete complete
                        && text.substring(complete.end()).isBlank()
                        && !(complete.value() instanceof String)
                ? complete.value()
                : text;
    }
}
