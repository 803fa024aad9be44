package io.theseus.engine.template;

import io.theseus.engine.template.Operation.Arithmetic;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic operators on every kind of operand. */
final class Arithmetics {
    private Arithmetics() {}

    static Object apply(Arithmetic operator, Object a, Object b, Frame frame) {
        if (a instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (operator == Arithmetic.REMAINDER && Values.isText(a)) {
            String text = PercentFormat.format(Values.textOf(a), b, frame);
            return a instanceof Markup ? new Markup(text) : text;
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return switch (operator) {
                case ADD -> Numbers.add(a, b);
                case SUBTRACT -> Numbers.subtract(a, b);
                case MULTIPLY -> Numbers.multiply(a, b);
                case DIVIDE -> Numbers.divide(a, b);
                case FLOOR_DIVIDE -> Numbers.floorDivide(a, b);
                case REMAINDER -> Numbers.remainder(a, b);
                case POWER -> Numbers.power(a, b);
            };
        }
        Work work = frame.work();
        if (operator == Arithmetic.ADD) {
            return add(a, b, work);
        }
        if (operator == Arithmetic.MULTIPLY && Numbers.isInteger(b) && isSequence(a)) {
            return repeat(a, Numbers.index(b), work);
        }
        if (operator == Arithmetic.MULTIPLY && Numbers.isInteger(a) && isSequence(b)) {
            return repeat(b, Numbers.index(a), work);
        }
        throw unsupported(operator, a, b);
    }

    private static Object add(Object a, Object b, Work work) {
        if (Values.isText(a) && Values.isText(b)) {
            String x = Values.textOf(a);
            String y = Values.textOf(b);
            work.text((long) x.length() + y.length());
            if (a instanceof Markup || b instanceof Markup) {
                return new Markup((a instanceof Markup ? x : Markup.escape(x))
                        .concat(b instanceof Markup ? y : Markup.escape(y)));
            }
            return x.concat(y);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return join(x, y, work);
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return new Tuple(join(x.items(), y.items(), work));
        }
        if (Values.isText(a) || a instanceof List || a instanceof Tuple) {
            String type = Values.isText(a) ? "str" : Values.typeName(a);
            throw TemplateFault.type(
                    "can only concatenate " + type + " (not \"" + Values.typeName(b) + "\") to " + type);
        }
        throw unsupported(Arithmetic.ADD, a, b);
    }

    private static List<Object> join(List<?> a, List<?> b, Work work) {
        work.elements((long) a.size() + b.size());
        List<Object> joined = new ArrayList<>(a.size() + b.size());
        joined.addAll(a);
        joined.addAll(b);
        return joined;
    }

    private static boolean isSequence(Object value) {
        return Values.isText(value) || value instanceof List || value instanceof Tuple;
    }

    private static Object repeat(Object value, long times, Work work) {
        int count = (int) Math.max(0, Math.min(times, Integer.MAX_VALUE));
        long length = Values.isText(value) ? Values.textOf(value).length() : Values.length(value);
        work.text(length * count);
        return switch (value) {
            case String text -> text.repeat(count);
            case Markup markup -> new Markup(markup.text().repeat(count));
            case Tuple tuple -> new Tuple(repeated(tuple.items(), count, work));
            default -> repeated(Values.list(value, work), count, work);
        };
    }

    private static List<Object> repeated(List<Object> items, int count, Work work) {
        work.elements((long) items.size() * count);
        List<Object> repeated = new ArrayList<>(items.size() * count);
        for (int i = 0; i < count && !items.isEmpty(); i++) {
            repeated.addAll(items);
        }
        return repeated;
    }

    private static TemplateFault unsupported(Arithmetic operator, Object a, Object b) {
        return TemplateFault.type("unsupported operand type(s) for " + operator.symbol + ": '" + Values.typeName(a)
                + "' and '" + Values.typeName(b) + "'");
    }
}
