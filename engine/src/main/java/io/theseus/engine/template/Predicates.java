package io.theseus.engine.template;

import java.util.List;
import java.util.Set;

/** What stands after {@code is}: Jinja's tests. */
final class Predicates {
    static final Set<String> NAMES = Set.of(
            "boolean",
            "callable",
            "defined",
            "divisibleby",
            "eq",
            "equalto",
            "==",
            "escaped",
            "even",
            "false",
            "filter",
            "float",
            "ge",
            ">=",
            "gt",
            "greaterthan",
            ">",
            "in",
            "integer",
            "iterable",
            "le",
            "<=",
            "lower",
            "lt",
            "lessthan",
            "<",
            "mapping",
            "ne",
            "!=",
            "none",
            "number",
            "odd",
            "sameas",
            "sequence",
            "string",
            "test",
            "true",
            "undefined",
            "upper");

    private Predicates() {}

    /** Whether {@code value is name(arguments)}. */
    static boolean holds(String name, Object value, Arguments arguments, Work work) {
        return switch (name) {
            case "divisibleby" -> Ordering.equal(remainder(value, only(name, arguments)), 0L, work);
            case "eq", "equalto", "==" -> Ordering.equal(value, only(name, arguments), work);
            case "ne", "!=" -> !Ordering.equal(value, only(name, arguments), work);
            case "ge", ">=" -> Operation.Relation.GREATER_OR_EQUAL.holds(value, only(name, arguments), work);
            case "gt", "greaterthan", ">" -> Operation.Relation.GREATER.holds(value, only(name, arguments), work);
            case "le", "<=" -> Operation.Relation.LESS_OR_EQUAL.holds(value, only(name, arguments), work);
            case "lt", "lessthan", "<" -> Operation.Relation.LESS.holds(value, only(name, arguments), work);
            case "in" -> Ordering.contains(only(name, arguments), value, work);
            case "sameas" -> isSame(value, only(name, arguments));
            default -> {
                if (!arguments.isEmpty()) {
                    throw TemplateFault.type("test '" + name + "' takes no arguments");
                }
                yield holds(name, value, work);
            }
        };
    }

    private static boolean holds(String name, Object value, Work work) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> Numbers.isInteger(value) && !(value instanceof Boolean);
            case "float" -> value instanceof Double;
            case "number" -> Numbers.isNumber(value);
            case "string" -> Values.isText(value);
            case "mapping" -> value instanceof Dict;
            case "iterable" -> Values.isIterable(value);
            case "sequence" ->
                Values.isText(value)
                        || value instanceof List
                        || value instanceof Tuple
                        || value instanceof Dict
                        || value instanceof Range
                        || value instanceof Undefined;
            case "callable" -> value instanceof Callable || value instanceof Undefined;
            case "odd" -> Ordering.equal(remainder(value, 2L), 1L, work);
            case "even" -> Ordering.equal(remainder(value, 2L), 0L, work);
            case "lower" -> Casing.is("islower", PythonText.str(value, work));
            case "upper" -> Casing.is("isupper", PythonText.str(value, work));
            case "escaped" -> value instanceof Markup;
            case "filter" -> Values.isText(value) && Filters.NAMES.contains(Values.textOf(value));
            case "test" -> Values.isText(value) && NAMES.contains(Values.textOf(value));
            default -> throw new TemplateFault(TemplateFault.Kind.RUNTIME, "No test named '" + name + "'.");
        };
    }

    private static Object only(String name, Arguments arguments) {
        Object value = arguments.bind(name, 1, "other")[0];
        return value == null ? None.NONE : value;
    }

    private static Object remainder(Object value, Object divisor) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!Numbers.isNumber(value) || !Numbers.isNumber(divisor)) {
            throw TemplateFault.type("unsupported operand type(s) for %: '" + Values.typeName(value) + "' and '"
                    + Values.typeName(divisor) + "'");
        }
        return Numbers.remainder(value, divisor);
    }

    /** Identity; small values that Python shares are the same when equal and of one type. */
    @SuppressWarnings("ReferenceEquality") // that is the question
    private static boolean isSame(Object a, Object b) {
        return a == b
                || (a.getClass() == b.getClass()
                        && (a instanceof Boolean || a instanceof Long || a instanceof String)
                        && a.equals(b));
    }
}
