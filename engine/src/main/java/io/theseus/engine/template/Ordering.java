package io.theseus.engine.template;

import java.util.Iterator;
import java.util.List;

/** Equality, order and membership of values. */
@SuppressWarnings("ReferenceEquality") // as in Python: what is the same is equal, NaN in a list included
final class Ordering {
    private Ordering() {}

    /** {@code a == b}. */
    static boolean equal(Object a, Object b, Work work) {
        if (a instanceof String x && b instanceof String y) {
            work.spend(1 + (x.length() >> 4));
            return x.equals(y);
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return !Numbers.isNan(a) && !Numbers.isNan(b) && Numbers.compare(a, b) == 0;
        }
        if (Values.isText(a) && Values.isText(b)) {
            return Values.textOf(a).equals(Values.textOf(b));
        }
        work.enter();
        boolean same = switch (a) {
            case List<?> list -> b instanceof List<?> other && equal(list, other, work);
            case Tuple tuple -> b instanceof Tuple other && equal(tuple.items(), other.items(), work);
            case Dict dict -> b instanceof Dict other && equal(dict, other, work);
            case Range range -> b instanceof Range other && range.items().equals(other.items());
            case Undefined undefined -> b instanceof Undefined;
            default -> a == b;
        };
        work.leave();
        return same;
    }

    private static boolean equal(List<?> a, List<?> b, Work work) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i) && !equal(a.get(i), b.get(i), work)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Dict a, Dict b, Work work) {
        if (a.size() != b.size()) {
            return false;
        }
        List<Object> keys = a.keys();
        List<Object> values = a.values();
        for (int i = 0; i < keys.size(); i++) {
            Object other = b.get(keys.get(i));
            if (other == null || (other != values.get(i) && !equal(values.get(i), other, work))) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@code a < b} as a sign; only for values that have an order.
     *
     * @param operator what the template wrote, for the fault
     */
    static int compare(Object a, Object b, String operator, Work work) {
        if (a instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        if (Values.isText(a) && Values.isText(b)) {
            String x = Values.textOf(a);
            work.text(x.length());
            return CodePoints.compare(x, Values.textOf(b));
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return compare(x, y, operator, work);
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return compare(x.items(), y.items(), operator, work);
        }
        throw TemplateFault.type("'" + operator + "' not supported between instances of '" + Values.typeName(a)
                + "' and '" + Values.typeName(b) + "'");
    }

    private static int compare(List<?> a, List<?> b, String operator, Work work) {
        work.enter();
        int n = Math.min(a.size(), b.size());
        int sign = Integer.compare(a.size(), b.size());
        for (int i = 0; i < n; i++) {
            if (!equal(a.get(i), b.get(i), work)) {
                sign = compare(a.get(i), b.get(i), operator, work);
                break;
            }
        }
        work.leave();
        return sign;
    }

    /** {@code item in container}. */
    static boolean contains(Object container, Object item, Work work) {
        switch (container) {
            case String text -> {
                if (!Values.isText(item)) {
                    throw TemplateFault.type(
                            "'in <string>' requires string as left operand, not " + Values.typeName(item));
                }
                String needle = Values.textOf(item);
                work.search(text.length(), needle.length());
                return text.contains(needle);
            }
            case Markup markup -> {
                return contains(markup.text(), item, work);
            }
            case Dict dict -> {
                return dict.has(item);
            }
            default -> {
                if (!Values.isIterable(container)) {
                    throw TemplateFault.type("argument of type '" + Values.typeName(container) + "' is not iterable");
                }
                Iterator<Object> rest = Values.iterate(container);
                while (rest.hasNext()) {
                    work.spend(1);
                    Object next = rest.next();
                    if (next == item || equal(next, item, work)) {
                        return true;
                    }
                }
                return false;
            }
        }
    }
}
