package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators. */
sealed interface Operation extends Expr {
    /** Arithmetic operators of two operands, with the symbol Python's faults show. */
    enum Arithmetic {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        REMAINDER("%"),
        POWER("** or pow()");

        final String symbol;

        Arithmetic(String symbol) {
            this.symbol = symbol;
        }
    }

    /** Comparison operators. */
    enum Relation {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        NOT_IN("not in");

        final String symbol;

        Relation(String symbol) {
            this.symbol = symbol;
        }

        boolean holds(Object a, Object b, Work work) {
            return switch (this) {
                case EQUAL -> Ordering.equal(a, b, work);
                case NOT_EQUAL -> !Ordering.equal(a, b, work);
                case LESS -> ordered(a, b) && Ordering.compare(a, b, symbol, work) < 0;
                case LESS_OR_EQUAL -> ordered(a, b) && Ordering.compare(a, b, symbol, work) <= 0;
                case GREATER -> ordered(a, b) && Ordering.compare(a, b, symbol, work) > 0;
                case GREATER_OR_EQUAL -> ordered(a, b) && Ordering.compare(a, b, symbol, work) >= 0;
                case IN -> Ordering.contains(b, a, work);
                case NOT_IN -> !Ordering.contains(b, a, work);
            };
        }

        /** NaN is less than, equal to and greater than no number. */
        private static boolean ordered(Object a, Object b) {
            return !(Numbers.isNan(a) && Numbers.isNumber(b)) && !(Numbers.isNan(b) && Numbers.isNumber(a));
        }
    }

    record Binary(Arithmetic operator, Expr left, Expr right) implements Operation {
        @Override
        public Object eval(Frame frame) {
            return Arithmetics.apply(operator, frame.eval(left), frame.eval(right), frame);
        }
    }

    /** Unary minus ({@code negative}) or plus. */
    record Sign(boolean negative, Expr operand) implements Operation {
        @Override
        public Object eval(Frame frame) {
            Object value = frame.eval(operand);
            if (value instanceof Undefined undefined) {
                throw undefined.fault();
            }
            if (!Numbers.isNumber(value)) {
                throw TemplateFault.type(
                        "bad operand type for unary " + (negative ? "-" : "+") + ": '" + Values.typeName(value) + "'");
            }
            return negative ? Numbers.negate(value) : Numbers.add(value, 0L);
        }
    }

    /** {@code a < b <= c}: each operand evaluated once, from left to right, as far as needed. */
    record Comparison(Expr first, List<Relation> relations, List<Expr> operands) implements Operation {
        @Override
        public Object eval(Frame frame) {
            Object left = frame.eval(first);
            for (int i = 0; i < relations.size(); i++) {
                Object right = frame.eval(operands.get(i));
                if (!relations.get(i).holds(left, right, frame.work())) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    record And(Expr left, Expr right) implements Operation {
        @Override
        public Object eval(Frame frame) {
            Object value = frame.eval(left);
            return Values.truth(value) ? frame.eval(right) : value;
        }
    }

    record Or(Expr left, Expr right) implements Operation {
        @Override
        public Object eval(Frame frame) {
            Object value = frame.eval(left);
            return Values.truth(value) ? value : frame.eval(right);
        }
    }

    record Not(Expr operand) implements Operation {
        @Override
        public Object eval(Frame frame) {
            return !Values.truth(frame.eval(operand));
        }
    }

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> operands) implements Operation {
        @Override
        public Object eval(Frame frame) {
            List<String> parts = new ArrayList<>(operands.size());
            long length = 0;
            for (Expr operand : operands) {
                String part = PythonText.str(frame.eval(operand), frame.work());
                length += part.length();
                frame.work().text(length);
                parts.add(part);
            }
            return String.join("", parts);
        }
    }

    /** {@code value if condition else otherwise}. */
    record Conditional(Expr condition, Expr value, @Nullable Expr otherwise) implements Operation {
        @Override
        public Object eval(Frame frame) {
            if (Values.truth(frame.eval(condition))) {
                return frame.eval(value);
            }
            return otherwise == null
                    ? Undefined.because("the inline if-expression evaluated to false and no else section was defined.")
                    : frame.eval(otherwise);
        }
    }
}
