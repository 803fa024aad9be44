package io.theseus.engine.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/** How Python writes values: {@code str()} and {@code repr()}. */
final class PythonText {
    private PythonText() {}

    /** {@code str(value)}. */
    static String str(Object value, Work work) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined undefined -> "";
            case Long number -> Long.toString(number);
            default -> repr(value, work);
        };
    }

    /** {@code repr(value)}. */
    static String repr(Object value, Work work) {
        StringBuilder out = new StringBuilder();
        repr(value, out, work);
        work.text(out.length());
        return out.toString();
    }

    private static void repr(Object value, StringBuilder out, Work work) {
        work.enter();
        if (out.length() > Work.MAX_TEXT) {
            work.text(out.length());
        }
        switch (value) {
            case None none -> out.append("None");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Double real -> out.append(real(real));
            case String text -> quote(text, out, work);
            case Markup markup -> {
                out.append("Markup(");
                quote(markup.text(), out, work);
                out.append(')');
            }
            case List<?> list -> sequence("[", list, "]", out, work);
            case Tuple tuple -> sequence("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", out, work);
            case View view -> sequence(view.kind() + "([", view.items(), "])", out, work);
            case Dict dict -> dict(dict, out, work);
            case Range range -> {
                out.append("range(").append(range.start()).append(", ").append(range.stop());
                out.append(range.step() == 1 ? ")" : ", " + range.step() + ")");
            }
            case Undefined undefined -> out.append("Undefined");
            case Namespace namespace -> {
                Dict attributes = new Dict(namespace.attributes().size());
                namespace.attributes().forEach(attributes::put);
                out.append("<Namespace ");
                dict(attributes, out, work);
                out.append('>');
            }
            case Loop loop -> out.append(loop);
            case Macro macro ->
                out.append("<Macro ").append(quote(macro.name())).append('>');
            case OneShot oneShot -> out.append("<generator object>");
            case Callable callable -> out.append("<built-in method>");
            default -> out.append(value); // Long and BigInteger
        }
        work.leave();
    }

    private static void sequence(String open, List<?> items, String close, StringBuilder out, Work work) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            repr(items.get(i), out, work);
        }
        out.append(close);
    }

    private static void dict(Dict dict, StringBuilder out, Work work) {
        out.append('{');
        List<Object> keys = dict.keys();
        List<Object> values = dict.values();
        for (int i = 0; i < keys.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            repr(keys.get(i), out, work);
            out.append(": ");
            repr(values.get(i), out, work);
        }
        out.append('}');
    }

    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2);
        quote(text, out, new Work());
        return out.toString();
    }

    private static void quote(String text, StringBuilder out, Work work) {
        work.text(text.length());
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else if (c < 0x100) {
                        hex(out.append("\\x"), c, 2);
                    } else if (c < 0x10000) {
                        hex(out.append("\\u"), c, 4);
                    } else {
                        hex(out.append("\\U"), c, 8);
                    }
                }
            }
        }
        out.append(quote);
    }

    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /** Appends {@code value} as {@code digits} lower-case hexadecimal digits. */
    static void hex(StringBuilder out, int value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.append(Character.forDigit(value >> shift & 15, 16));
        }
    }

    /**
     * {@code repr(float)}: the shortest digits that read back as the same number, with an exponent below 1e-4 and from
     * 1e16 on. Java's {@link Double#toString} gives the same digits in another layout.
     */
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = shortest(value);
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = decimal.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : Integer.toString(Math.abs(exponent));
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + power;
    }

    /** Java always writes two digits, and so not always those that one digit would do for. */
    private static BigDecimal shortest(double value) {
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (decimal.precision() == 2) {
            BigDecimal single = decimal.round(new MathContext(1, RoundingMode.HALF_EVEN));
            return single.doubleValue() == value ? single : decimal;
        }
        return decimal;
    }
}
