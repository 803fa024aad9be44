package io.theseus.engine.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of dicts, lists, tuples and ranges that leave their object as it is. */
final class ContainerMethods {
    private ContainerMethods() {}

    static boolean has(Object owner, String name) {
        return switch (owner) {
            case Dict dict ->
                switch (name) {
                    case "get", "items", "keys", "values", "copy" -> true;
                    default -> false;
                };
            case List<?> list -> name.equals("count") || name.equals("index") || name.equals("copy");
            case Tuple tuple -> name.equals("count") || name.equals("index");
            case Range range -> name.equals("count") || name.equals("index");
            default -> false;
        };
    }

    /** Whether Python's type has a method {@code name} that changes it, which the sandbox hides. */
    static boolean isMutator(Object owner, String name) {
        return switch (name) {
            case "clear", "pop" -> true;
            case "append", "extend", "insert", "remove", "reverse", "sort" -> owner instanceof List;
            case "popitem", "setdefault", "update" -> owner instanceof Dict;
            default -> false;
        };
    }

    static Object call(Object owner, String name, Arguments arguments, Frame frame) {
        Work work = frame.work();
        if (owner instanceof Dict dict) {
            work.elements(dict.size() >> 2);
            return switch (name) {
                case "get" -> {
                    @Nullable Object[] bound = arguments.bind("get", 1, "key", "default");
                    Object value = bound[0] == null ? null : dict.get(bound[0]);
                    yield value != null ? value : bound[1] != null ? bound[1] : None.NONE;
                }
                case "items" ->
                    new View("dict_items", none(dict, name, arguments).items());
                case "keys" -> new View("dict_keys", none(dict, name, arguments).keys());
                case "values" ->
                    new View("dict_values", none(dict, name, arguments).values());
                default -> none(dict, name, arguments);
            };
        }
        List<Object> items = Values.list(owner, work);
        if (name.equals("copy")) {
            return items;
        }
        Object wanted = arguments.bind(name, 1, "value")[0];
        long count = 0;
        for (int i = 0; i < items.size(); i++) {
            if (wanted != null && Ordering.equal(items.get(i), wanted, work)) {
                if (name.equals("index")) {
                    return (long) i;
                }
                count++;
            }
        }
        if (name.equals("index")) {
            throw TemplateFault.value(PythonText.repr(wanted == null ? None.NONE : wanted, work) + " is not in "
                    + Values.typeName(owner));
        }
        return count;
    }

    private static Dict none(Dict dict, String name, Arguments arguments) {
        if (!arguments.isEmpty()) {
            throw TemplateFault.type("dict." + name + "() takes no arguments");
        }
        return dict;
    }
}
