package io.theseus.engine.template;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The functions every template can call: Jinja's own and those that chat templates are promised. */
final class Globals {
    static final Set<String> NAMES = Set.of("range", "dict", "namespace", "joiner", "raise_exception", "strftime_now");

    private Globals() {}

    /** The function {@code name}, or null. */
    static @Nullable Callable function(String name) {
        return switch (name) {
            case "range" -> Globals::range;
            case "dict" -> Globals::dict;
            case "namespace" -> Globals::namespace;
            case "joiner" -> Globals::joiner;
            case "raise_exception" -> Globals::raise;
            case "strftime_now" -> Globals::strftimeNow;
            default -> null;
        };
    }

    private static Object range(Arguments arguments, Frame frame) {
        @Nullable Object[] bound = arguments.bind("range", 1, "start", "stop", "step");
        long first = integer(bound[0]);
        Range range = bound[1] == null
                ? new Range(0, first, 1)
                : new Range(first, integer(bound[1]), bound[2] == null ? 1 : integer(bound[2]));
        frame.work().elements(range.length());
        return range;
    }

    private static long integer(@Nullable Object value) {
        return Numbers.index(value == null ? None.NONE : value);
    }

    private static Dict dict(Arguments arguments, Frame frame) {
        Dict dict = new Dict(8);
        if (arguments.positional().size() > 1) {
            throw TemplateFault.type("dict expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Dict other) {
                frame.work().elements(other.size());
                dict.putAll(other);
                continue;
            }
            Iterator<Object> pairs = Values.iterate(source);
            while (pairs.hasNext()) {
                Iterator<Object> pair = Values.iterate(pairs.next());
                frame.work().spend(2);
                if (!pair.hasNext()) {
                    throw TemplateFault.value("dictionary update sequence element has length 0; 2 is required");
                }
                Object key = pair.next();
                if (!pair.hasNext()) {
                    throw TemplateFault.value("dictionary update sequence element has length 1; 2 is required");
                }
                dict.put(key, pair.next());
            }
        }
        for (Map.Entry<String, Object> entry : arguments.named().entrySet()) {
            dict.put(entry.getKey(), entry.getValue());
        }
        return dict;
    }

    private static Object namespace(Arguments arguments, Frame frame) {
        Namespace namespace = new Namespace();
        Dict attributes = dict(arguments, frame);
        for (Object key : attributes.keys()) {
            Object value = attributes.get(key);
            namespace.set(Values.textOf(key), value == null ? None.NONE : value);
        }
        return namespace;
    }

    /** A function that returns nothing the first time and the separator afterwards. */
    private static Object joiner(Arguments arguments, Frame frame) {
        Object given = arguments.bind("joiner", 0, "sep")[0];
        Object separator = given == null ? ", " : given;
        AtomicBoolean used = new AtomicBoolean();
        return (Callable) (none, caller) -> used.getAndSet(true) ? separator : "";
    }

    private static Object raise(Arguments arguments, Frame frame) {
        Object message = arguments.bind("raise_exception", 1, "message")[0];
        throw new TemplateFault(
                TemplateFault.Kind.RAISED, PythonText.str(message == null ? None.NONE : message, frame.work()));
    }

    private static Object strftimeNow(Arguments arguments, Frame frame) {
        Object format = arguments.bind("strftime_now", 1, "format")[0];
        String text = Values.textOf(format == null ? None.NONE : format);
        frame.work().text(text.length() * 8L);
        return Strftime.format(text, frame.now());
    }
}
