package io.theseus.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers in the notations of C's printf, rounded exactly. */
final class NumberText {
    private static final int MAX_PRECISION = 400;

    private NumberText() {}

    /**
     * The magnitude of a finite or infinite number, without its sign.
     *
     * @param type one of {@code f F e E g G %}
     * @param alternate whether {@code g} keeps trailing zeros
     */
    static String magnitude(double value, char type, int precision, boolean alternate) {
        if (precision > MAX_PRECISION) {
            throw TemplateFault.limit("a number is written with more than " + MAX_PRECISION + " digits");
        }
        String text;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            text = Double.isNaN(value) ? "nan" : "inf";
        } else {
            BigDecimal decimal = new BigDecimal(Math.abs(value));
            text = switch (Character.toLowerCase(type)) {
                case 'e' -> scientific(decimal, precision);
                case 'g' -> general(decimal, Math.max(1, precision), alternate);
                case '%' -> fixed(decimal.movePointRight(2), precision) + "%";
                default -> fixed(decimal, precision);
            };
        }
        return Character.isUpperCase(type) ? text.toUpperCase(Locale.ROOT) : text;
    }

    static boolean isNegative(Object number) {
        return number instanceof Double real
                ? real < 0 || (real == 0 && 1 / real < 0)
                : Numbers.big(number).signum() < 0;
    }

    /** An integer's magnitude in the base of {@code type} ({@code d x X o b}). */
    static String magnitude(BigInteger value, char type) {
        BigInteger magnitude = value.abs();
        return switch (type) {
            case 'x' -> magnitude.toString(16);
            case 'X' -> magnitude.toString(16).toUpperCase(Locale.ROOT);
            case 'o' -> magnitude.toString(8);
            case 'b' -> magnitude.toString(2);
            default -> magnitude.toString();
        };
    }

    private static String fixed(BigDecimal value, int precision) {
        return value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(BigDecimal value, int precision) {
        BigDecimal rounded = value.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        String digits = rounded.movePointLeft(exponent)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        int size = Math.abs(exponent);
        return digits + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
    }

    private static String general(BigDecimal value, int precision, boolean alternate) {
        BigDecimal rounded = value.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int exponent = rounded.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent >= precision) {
            String text = scientific(value, precision - 1);
            int e = text.indexOf('e');
            return (alternate ? text.substring(0, e) : trim(text.substring(0, e))) + text.substring(e);
        }
        String text = fixed(value, precision - 1 - exponent);
        return alternate ? text : trim(text);
    }

    private static String trim(String digits) {
        if (digits.indexOf('.') < 0) {
            return digits;
        }
        int n = digits.length();
        while (digits.charAt(n - 1) == '0') {
            n--;
        }
        return digits.substring(0, digits.charAt(n - 1) == '.' ? n - 1 : n);
    }
}
