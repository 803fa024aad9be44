package io.theseus.engine.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attributes and items, with Jinja's fallbacks from one to the other. */
final class Members {
    private Members() {}

    /** A method bound to its object. */
    record Method(Object owner, String name) implements Callable {
        @Override
        public Object call(Arguments arguments, Frame frame) {
            return Members.call(owner, name, arguments, frame);
        }
    }

    /** {@code owner.name}: an attribute or method of the type first, then an entry of a dict. */
    static Object attribute(Object owner, String name) {
        if (owner instanceof Undefined undefined) {
            throw undefined.fault();
        }
        Object own = own(owner, name);
        if (own != null) {
            return own;
        }
        Object entry = owner instanceof Dict dict ? dict.get(name) : null;
        return entry == null ? Undefined.member(owner, name) : entry;
    }

    /** {@code owner[key]}: an element first, then an attribute. */
    static Object item(Object owner, Object key) {
        if (owner instanceof Undefined undefined) {
            throw undefined.fault();
        }
        Object element = switch (owner) {
            case Dict dict -> isHashable(key) ? dict.get(key) : null;
            case List<?> list -> at(list, key);
            case Tuple tuple -> at(tuple.items(), key);
            case String text -> character(text, key);
            case Markup markup -> character(markup.text(), key) instanceof String c ? new Markup(c) : null;
            case Range range -> at(range.items(), key);
            default -> null;
        };
        if (element == null && Values.isText(key)) {
            element = own(owner, Values.textOf(key));
        }
        return element == null ? Undefined.member(owner, key) : element;
    }

    /** What the type of {@code owner} itself offers under {@code name}, without a dict's entries; null if nothing. */
    static @Nullable Object own(Object owner, String name) {
        if (name.startsWith("__") && name.endsWith("__")) {
            return Undefined.unsafe(owner, name);
        }
        return switch (owner) {
            case Namespace namespace -> namespace.attributes().get(name);
            case Loop loop -> loop.attribute(name);
            case Macro macro -> macro.attribute(name);
            case List<?> list ->
                ContainerMethods.isMutator(list, name) ? Undefined.unsafe(owner, name) : method(owner, name);
            case Dict dict ->
                ContainerMethods.isMutator(dict, name) ? Undefined.unsafe(owner, name) : method(owner, name);
            default -> method(owner, name);
        };
    }

    private static @Nullable Object method(Object owner, String name) {
        return hasMethod(owner, name) ? new Method(owner, name) : null;
    }

    static boolean hasMethod(Object owner, String name) {
        return switch (owner) {
            case String text -> StringMethods.NAMES.contains(name);
            case Markup markup -> StringMethods.NAMES.contains(name);
            default -> ContainerMethods.has(owner, name);
        };
    }

    /** Calls a method that {@link #hasMethod}. */
    static Object call(Object owner, String name, Arguments arguments, Frame frame) {
        return switch (owner) {
            case String text -> StringMethods.call(text, name, arguments, frame);
            case Markup markup -> {
                Object result = StringMethods.call(markup.text(), name, arguments, frame);
                yield result instanceof String text ? new Markup(text) : result;
            }
            default -> ContainerMethods.call(owner, name, arguments, frame);
        };
    }

    private static boolean isHashable(Object key) {
        return switch (key) {
            case List<?> list -> false;
            case Dict dict -> false;
            case Tuple tuple -> tuple.items().stream().allMatch(Members::isHashable);
            default -> true;
        };
    }

    private static @Nullable Object at(List<?> items, Object key) {
        int i = index(key, items.size());
        return i < 0 ? null : items.get(i);
    }

    private static @Nullable String character(String text, Object key) {
        int i = index(key, CodePoints.length(text));
        return i < 0 ? null : CodePoints.slice(text, i, i + 1);
    }

    /** The place {@code key} means in a sequence, or -1. */
    private static int index(Object key, int length) {
        if (!Numbers.isInteger(key)) {
            return -1;
        }
        long index = Numbers.index(key);
        index = index < 0 ? index + length : index;
        return index >= 0 && index < length ? (int) index : -1;
    }
}
