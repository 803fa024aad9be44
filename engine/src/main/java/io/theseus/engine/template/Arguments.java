package io.theseus.engine.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The evaluated arguments of a call. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    boolean isEmpty() {
        return positional.isEmpty() && named.isEmpty();
    }

    /**
     * The arguments in the order of {@code parameters}; null where one was not given.
     *
     * @param function named in faults
     * @param required how many of the parameters must be given
     * @throws TemplateFault if one is missing, unknown or given twice
     */
    @Nullable
    Object[] bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw TemplateFault.type(function + "() takes at most " + parameters.length + " arguments ("
                    + positional.size() + " given)");
        }
        @Nullable Object[] bound = new @Nullable Object[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            bound[i] = positional.get(i);
        }
        for (Map.Entry<String, Object> entry : named.entrySet()) {
            int i = List.of(parameters).indexOf(entry.getKey());
            if (i < 0) {
                throw TemplateFault.type(function + "() got an unexpected keyword argument '" + entry.getKey() + "'");
            }
            if (bound[i] != null) {
                throw TemplateFault.type(function + "() got multiple values for argument '" + entry.getKey() + "'");
            }
            bound[i] = entry.getValue();
        }
        for (int i = 0; i < required; i++) {
            if (bound[i] == null) {
                throw TemplateFault.type(function + "() missing required argument '" + parameters[i] + "'");
            }
        }
        return bound;
    }

    /** The arguments without the first positional one. */
    Arguments tail() {
        return new Arguments(positional.subList(1, positional.size()), named);
    }
}
