package io.theseus.engine.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** Jinja's {@code namespace}: the only value a template can change. */
final class Namespace {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    Map<String, Object> attributes() {
        return attributes;
    }

    void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw new TemplateFault(
                    TemplateFault.Kind.SECURITY,
                    "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '" + name
                            + "'.");
        }
        attributes.put(name, value);
    }
}
