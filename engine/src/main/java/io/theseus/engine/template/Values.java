package io.theseus.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What template values are and how Python treats them.
 *
 * <p>A value is {@link None}, a Boolean, a Long or (beyond its range) BigInteger, a Double, a String, {@link Markup},
 * a {@code List}, {@link Tuple}, {@link Dict}, {@link Range}, {@link View}, {@link OneShot}, {@link Namespace}, {@link
 * Loop}, {@link Callable} or {@link Undefined}. Lists and dicts are never changed once made: the sandbox of the
 * original forbids it.
 */
final class Values {
    private Values() {}

    /** The template value of a JSON-like Java value. */
    static Object of(@Nullable Object value, Work work) {
        work.enter();
        Object result = switch (value) {
            case null -> None.NONE;
            case String text -> text;
            case Boolean flag -> flag;
            case Long number -> number;
            case Integer number -> (long) number;
            case Short number -> (long) number;
            case Byte number -> (long) number;
            case BigInteger number -> Numbers.shrink(number);
            case Double real -> real;
            case Float real -> Double.valueOf(Float.toString(real));
            case BigDecimal real -> real.doubleValue();
            case Map<?, ?> map -> {
                Dict dict = new Dict(map.size());
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    dict.put(of(entry.getKey(), work), of(entry.getValue(), work));
                }
                yield dict;
            }
            case Iterable<?> items -> {
                List<Object> list = new ArrayList<>();
                for (Object item : items) {
                    list.add(of(item, work));
                }
                yield list;
            }
            default ->
                throw TemplateFault.type(
                        value.getClass().getSimpleName() + " is not a JSON value; give maps, lists, texts and numbers");
        };
        work.leave();
        return result;
    }

    static boolean isText(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /** The characters of a text; see {@link #isText}. */
    static String textOf(Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            default -> throw TemplateFault.type("expected string, got '" + typeName(value) + "'");
        };
    }

    /** The name of a value's Python type. */
    static String typeName(Object value) {
        return switch (value) {
            case None none -> "NoneType";
            case Boolean flag -> "bool";
            case Long number -> "int";
            case BigInteger number -> "int";
            case Double real -> "float";
            case String text -> "str";
            case Markup markup -> "Markup";
            case List<?> list -> "list";
            case Tuple tuple -> "tuple";
            case Dict dict -> "dict";
            case Range range -> "range";
            case View view -> view.kind();
            case OneShot oneShot -> "generator";
            case Namespace namespace -> "Namespace";
            case Loop loop -> "LoopContext";
            case Macro macro -> "Macro";
            case Undefined undefined -> "Undefined";
            default -> "builtin_function_or_method";
        };
    }

    /** {@code bool(value)}. */
    static boolean truth(Object value) {
        return switch (value) {
            case Boolean flag -> flag;
            case String text -> !text.isEmpty();
            case None none -> false;
            case Undefined undefined -> false;
            case Long number -> number != 0;
            case Double real -> real != 0;
            case List<?> list -> !list.isEmpty();
            case Dict dict -> dict.size() > 0;
            case Tuple tuple -> !tuple.items().isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case View view -> !view.items().isEmpty();
            case Range range -> range.length() > 0;
            default -> true;
        };
    }

    /** {@code len(value)}. */
    static long length(Object value) {
        return switch (value) {
            case String text -> CodePoints.length(text);
            case Markup markup -> CodePoints.length(markup.text());
            case List<?> list -> list.size();
            case Tuple tuple -> tuple.items().size();
            case Dict dict -> dict.size();
            case View view -> view.items().size();
            case Range range -> range.length();
            case Loop loop -> loop.length();
            case Undefined undefined -> 0;
            default -> throw TemplateFault.type("object of type '" + typeName(value) + "' has no len()");
        };
    }

    static boolean isIterable(Object value) {
        return switch (value) {
            case String text -> true;
            case Markup markup -> true;
            case List<?> list -> true;
            case Tuple tuple -> true;
            case Dict dict -> true;
            case View view -> true;
            case Range range -> true;
            case OneShot oneShot -> true;
            case Undefined undefined -> true;
            case Loop loop -> true;
            default -> false;
        };
    }

    /** {@code iter(value)}. */
    @SuppressWarnings("unchecked")
    static Iterator<Object> iterate(Object value) {
        return switch (value) {
            case List<?> list -> (Iterator<Object>) list.iterator();
            case Tuple tuple -> tuple.items().iterator();
            case Dict dict -> dict.keys().iterator();
            case View view -> view.items().iterator();
            case Range range -> range.items().iterator();
            case OneShot oneShot -> oneShot.rest();
            case String text -> CodePoints.characters(text).iterator();
            case Markup markup -> CodePoints.characters(markup.text()).iterator();
            case Undefined undefined -> List.of().iterator();
            case Loop loop -> loop.items();
            default -> throw TemplateFault.type("'" + typeName(value) + "' object is not iterable");
        };
    }

    /** {@code list(value)}; a list is returned as it is, since nothing changes lists. */
    @SuppressWarnings("unchecked")
    static List<Object> list(Object value, Work work) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        }
        List<Object> items = new ArrayList<>();
        Iterator<Object> rest = iterate(value);
        while (rest.hasNext()) {
            work.spend(1);
            items.add(rest.next());
        }
        return items;
    }
}
