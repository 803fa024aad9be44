package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A macro, or the body of a call block, together with the scope it was written in.
 *
 * @param scope where its free variables are looked up
 */
record Macro(Definition definition, Frame scope) implements Callable {
    /**
     * The source of a macro.
     *
     * @param defaults of the last parameters
     * @param usesCaller whether the body mentions {@code caller}; likewise the next two
     */
    record Definition(
            String name,
            List<String> parameters,
            List<Expr> defaults,
            List<Statement> body,
            boolean usesCaller,
            boolean usesKwargs,
            boolean usesVarargs) {}

    String name() {
        return definition.name;
    }

    @Nullable
    Object attribute(String attribute) {
        return switch (attribute) {
            case "name" -> definition.name;
            case "arguments" -> Tuple.of(definition.parameters.toArray());
            case "caller" -> definition.usesCaller;
            case "catch_kwargs" -> definition.usesKwargs;
            case "catch_varargs" -> definition.usesVarargs;
            default -> null;
        };
    }

    /** Renders the body with the arguments as variables. */
    @Override
    public Object call(Arguments arguments, Frame frame) {
        Work work = frame.work();
        work.enter();
        Frame inside = new Frame(scope);
        List<Object> positional = arguments.positional();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<String> parameters = definition.parameters;
        int firstDefault = parameters.size() - definition.defaults.size();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Object value = named.remove(parameter);
            if (i < positional.size()) {
                if (value != null) {
                    throw TemplateFault.type(
                            "macro '" + name() + "' got multiple values for argument '" + parameter + "'");
                }
                value = positional.get(i);
            }
            if (value == null) {
                value = i >= firstDefault
                        ? inside.eval(definition.defaults.get(i - firstDefault))
                        : Undefined.because("parameter '" + parameter + "' was not provided");
            }
            inside.set(parameter, value);
        }
        bindRest(inside, positional, named);
        String text = Statement.capture(definition.body, inside);
        work.leave();
        return text;
    }

    private void bindRest(Frame inside, List<Object> positional, Map<String, Object> named) {
        int extra = positional.size() - definition.parameters.size();
        if (definition.usesCaller && !definition.parameters.contains("caller")) {
            Object caller = named.remove("caller");
            inside.set("caller", caller == null ? Undefined.because("No caller defined") : caller);
        }
        if (definition.usesKwargs) {
            Dict rest = new Dict(named.size());
            named.forEach(rest::put);
            inside.set("kwargs", rest);
        } else if (!named.isEmpty()) {
            throw TemplateFault.type("macro '" + name() + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
        if (definition.usesVarargs) {
            inside.set(
                    "varargs",
                    new Tuple(
                            extra > 0
                                    ? new ArrayList<>(
                                            positional.subList(definition.parameters.size(), positional.size()))
                                    : List.of()));
        } else if (extra > 0) {
            throw TemplateFault.type(
                    "macro '" + name() + "' takes not more than " + definition.parameters.size() + " argument(s)");
        }
    }
}
