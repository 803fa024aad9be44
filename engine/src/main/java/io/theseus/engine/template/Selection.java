package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code map}, {@code select}, {@code reject} and their attribute forms. Items are computed at once; Python would wait
 * until asked.
 */
final class Selection {
    private Selection() {}

    static Object apply(String name, Object value, Arguments arguments, Frame frame) {
        List<Object> results = new ArrayList<>();
        if (!Values.truth(value)) {
            return new OneShot(results);
        }
        Iterator<Object> items = Values.iterate(value);
        Work work = frame.work();
        if (name.equals("map")) {
            if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
                @Nullable Object[] bound = arguments.bind("map", 1, "attribute", "default");
                AttributePath path = AttributePath.of(bound[0], bound[1]);
                items.forEachRemaining(item -> results.add(path.follow(item, work)));
            } else {
                String filter = Values.textOf(first(arguments, "map requires a filter argument"));
                Arguments rest = arguments.tail();
                items.forEachRemaining(item -> results.add(filter(filter, item, rest, frame)));
            }
            return new OneShot(results);
        }
        boolean byAttribute = name.endsWith("attr");
        boolean wanted = name.startsWith("select");
        AttributePath path = byAttribute
                ? AttributePath.of(first(arguments, "Missing parameter for attribute name"), null)
                : AttributePath.SELF;
        Arguments rest = byAttribute ? arguments.tail() : arguments;
        String test = rest.positional().isEmpty()
                ? null
                : Values.textOf(rest.positional().getFirst());
        Arguments given = test == null ? rest : rest.tail();
        while (items.hasNext()) {
            Object item = items.next();
            Object subject = path.follow(item, work);
            work.spend(1);
            if ((test == null ? Values.truth(subject) : Predicates.holds(test, subject, given, work)) == wanted) {
                results.add(item);
            }
        }
        return new OneShot(results);
    }

    private static Object first(Arguments arguments, String otherwise) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateFault(TemplateFault.Kind.RUNTIME, otherwise);
        }
        return arguments.positional().getFirst();
    }

    private static Object filter(String name, Object item, Arguments arguments, Frame frame) {
        if (!Filters.NAMES.contains(name)) {
            throw new TemplateFault(TemplateFault.Kind.RUNTIME, "No filter named '" + name + "'.");
        }
        frame.work().enter();
        Object result = Filters.apply(name, item, arguments, frame);
        frame.work().leave();
        return result;
    }
}
