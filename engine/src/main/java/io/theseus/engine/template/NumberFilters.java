package io.theseus.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** {@code abs}, {@code int}, {@code float} and {@code round}. */
final class NumberFilters {
    private static final int MAX_DIGITS = 4300;

    private NumberFilters() {}

    static Object apply(String name, Object value, Arguments arguments) {
        if (value instanceof Undefined undefined && (name.equals("int") || name.equals("float"))) {
            throw undefined.fault();
        }
        return switch (name) {
            case "abs" -> {
                arguments.bind("abs", 0);
                if (!Numbers.isNumber(value)) {
                    throw TemplateFault.type("bad operand type for abs(): '" + Values.typeName(value) + "'");
                }
                yield value instanceof Double real
                        ? (Object) Math.abs(real)
                        : Numbers.shrink(Numbers.big(value).abs());
            }
            case "int" -> toInteger(value, arguments);
            case "float" -> {
                Object fallback = arguments.bind("float", 0, "default")[0];
                Object real = toReal(value);
                yield real != null ? real : fallback == null ? (Object) 0.0 : fallback;
            }
            default -> round(value, arguments);
        };
    }

    private static Object toInteger(Object value, Arguments arguments) {
        @Nullable Object[] bound = arguments.bind("int", 0, "default", "base");
        long base = bound[1] == null ? 10 : Numbers.index(bound[1]);
        Object fallback = bound[0] == null ? (Object) 0L : bound[0];
        if (Numbers.isInteger(value)) {
            return Numbers.shrink(Numbers.big(value));
        }
        if (Values.isText(value)) {
            BigInteger integer = parseInteger(Values.textOf(value), base);
            if (integer != null) {
                return Numbers.shrink(integer);
            }
        }
        Double real = toReal(value);
        if (real == null || real.isNaN() || real.isInfinite()) {
            if (value instanceof Double && real != null && real.isInfinite()) {
                throw Numbers.overflow("cannot convert float infinity to integer");
            }
            return fallback;
        }
        return Numbers.shrink(Numbers.toInteger(real));
    }

    private static @Nullable Double toReal(Object value) {
        if (Numbers.isNumber(value)) {
            return Numbers.real(value);
        }
        return Values.isText(value) ? parseReal(Values.textOf(value)) : null;
    }

    /** {@code int(text, base)}, or null where Python would raise ValueError. */
    static @Nullable BigInteger parseInteger(String text, long base) {
        String digits = CodePoints.strip(text);
        boolean negative = digits.startsWith("-");
        digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
        String prefix = digits.length() > 1 && digits.charAt(0) == '0' ? Casing.lower(digits.substring(0, 2)) : "";
        long radix = base;
        if ((base == 0 || base == 16) && prefix.equals("0x")
                || (base == 0 || base == 8) && prefix.equals("0o")
                || (base == 0 || base == 2) && prefix.equals("0b")) {
            radix = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : 2;
            digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
        } else if (base == 0) {
            radix = 10;
        }
        digits = withoutUnderscores(digits);
        if (radix < 2 || radix > 36 || digits.isEmpty() || digits.length() > MAX_DIGITS) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), (int) radix) < 0) {
                return null;
            }
        }
        BigInteger magnitude = new BigInteger(digits, (int) radix);
        return negative ? magnitude.negate() : magnitude;
    }

    /** {@code float(text)}, or null where Python would raise ValueError. */
    static @Nullable Double parseReal(String text) {
        String digits = withoutUnderscores(CodePoints.strip(text));
        String unsigned = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
        switch (Casing.lower(unsigned)) {
            case "inf", "infinity" -> {
                return digits.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {
                return isDecimal(unsigned) ? Double.valueOf(digits) : null;
            }
        }
    }

    private static boolean isDecimal(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return false;
        }
        int i = 0;
        int digits = 0;
        for (; i < text.length() && isDigit(text.charAt(i)); i++) {
            digits++;
        }
        if (i < text.length() && text.charAt(i) == '.') {
            for (i++; i < text.length() && isDigit(text.charAt(i)); i++) {
                digits++;
            }
        }
        if (digits > 0 && i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            i++;
            i += i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '-') ? 1 : 0;
            int start = i;
            while (i < text.length() && isDigit(text.charAt(i))) {
                i++;
            }
            digits = i - start;
        }
        return digits > 0 && i == text.length();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Without single underscores between digits; any other underscore is kept, and so not a number. */
    private static String withoutUnderscores(String text) {
        if (text.indexOf('_') < 0 || text.startsWith("_") || text.endsWith("_") || text.contains("__")) {
            return text;
        }
        return text.replace("_", "");
    }

    private static Object round(Object value, Arguments arguments) {
        @Nullable Object[] bound = arguments.bind("round", 0, "precision", "method");
        long precision = bound[0] == null ? 0 : Numbers.index(bound[0]);
        String method = bound[1] == null ? "common" : Values.textOf(bound[1]);
        if (!Numbers.isNumber(value)) {
            throw TemplateFault.type("type " + Values.typeName(value) + " doesn't define __round__ method");
        }
        int places = (int) Math.max(-400, Math.min(400, precision));
        switch (method) {
            case "common" -> {
                if (value instanceof Double real) {
                    if (real.isNaN() || real.isInfinite()) {
                        return real;
                    }
                    double rounded = new BigDecimal(real)
                            .setScale(places, RoundingMode.HALF_EVEN)
                            .doubleValue();
                    return Math.copySign(rounded, real);
                }
                BigDecimal integer = new BigDecimal(Numbers.big(value));
                return Numbers.shrink(integer.setScale(Math.min(0, places), RoundingMode.HALF_EVEN)
                        .toBigInteger());
            }
            case "ceil", "floor" -> {
                Object scale = Numbers.power(10L, (long) places);
                double scaled = Numbers.real(Numbers.multiply(value, scale));
                if (Double.isNaN(scaled) || Double.isInfinite(scaled)) {
                    throw Numbers.overflow("cannot convert float infinity to integer");
                }
                double whole = method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled);
                return Numbers.divide(Numbers.shrink(Numbers.toInteger(whole)), scale);
            }
            default -> throw new TemplateFault(TemplateFault.Kind.ARGUMENT, "method must be common, ceil or floor");
        }
    }
}
