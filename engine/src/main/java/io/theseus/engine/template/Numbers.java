package io.theseus.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Python's arithmetic: integers without bounds (up to a limit), true and floor division, the sign of a remainder. */
final class Numbers {
    private static final int MAX_BITS = 1 << 14;
    private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
    }

    static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof BigInteger;
    }

    static boolean isIntegral(double value) {
        return value == Math.rint(value) && !Double.isInfinite(value);
    }

    /** The integer nearest to zero that a finite {@code value} holds. */
    static BigInteger toInteger(double value) {
        return new BigDecimal(value).toBigInteger();
    }

    /** A Long where it fits, which is how small integers are always kept. */
    static Object shrink(BigInteger value) {
        if (value.compareTo(MIN_LONG) >= 0 && value.compareTo(MAX_LONG) <= 0) {
            return value.longValue();
        }
        if (value.bitLength() > MAX_BITS) {
            throw TemplateFault.limit("an integer grows beyond " + MAX_BITS + " bits");
        }
        return value;
    }

    static BigInteger big(Object value) {
        return switch (value) {
            case Long number -> BigInteger.valueOf(number);
            case Boolean flag -> flag ? BigInteger.ONE : BigInteger.ZERO;
            case BigInteger number -> number;
            default ->
                throw TemplateFault.type("'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
        };
    }

    static double real(Object value) {
        double real = switch (value) {
            case Double number -> number;
            case Long number -> number;
            default -> big(value).doubleValue();
        };
        if (Double.isInfinite(real) && value instanceof BigInteger) {
            throw overflow("int too large to convert to float");
        }
        return real;
    }

    /** A small integer, as an index or count. */
    static long index(Object value) {
        BigInteger number = big(value);
        return number.bitLength() < 63 ? number.longValue() : number.signum() * (Long.MAX_VALUE >> 1);
    }

    static Object add(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            long sum = x + y;
            if (((x ^ sum) & (y ^ sum)) >= 0) {
                return sum;
            }
        }
        return anyReal(a, b) ? (Object) (real(a) + real(b)) : shrink(big(a).add(big(b)));
    }

    static Object subtract(Object a, Object b) {
        return anyReal(a, b) ? (Object) (real(a) - real(b)) : shrink(big(a).subtract(big(b)));
    }

    static Object multiply(Object a, Object b) {
        return anyReal(a, b) ? (Object) (real(a) * real(b)) : shrink(big(a).multiply(big(b)));
    }

    static Object divide(Object a, Object b) {
        if (real(b) == 0) {
            throw zero(anyReal(a, b) ? "float division by zero" : "division by zero");
        }
        if (anyReal(a, b) || (big(a).bitLength() <= 53 && big(b).bitLength() <= 53)) {
            return real(a) / real(b);
        }
        return new BigDecimal(big(a))
                .divide(new BigDecimal(big(b)), new MathContext(60))
                .doubleValue();
    }

    static Object floorDivide(Object a, Object b) {
        if (anyReal(a, b)) {
            double divisor = real(b);
            if (divisor == 0) {
                throw zero("float floor division by zero");
            }
            double quotient = (real(a) - (double) remainder(a, b)) / divisor;
            double floor = Math.floor(quotient);
            return quotient - floor > 0.5 ? floor + 1 : floor;
        }
        BigInteger divisor = big(b);
        if (divisor.signum() == 0) {
            throw zero("integer division or modulo by zero");
        }
        BigInteger[] parts = big(a).divideAndRemainder(divisor);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != divisor.signum();
        return shrink(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }

    static Object remainder(Object a, Object b) {
        if (anyReal(a, b)) {
            double divisor = real(b);
            if (divisor == 0) {
                throw zero("float modulo");
            }
            double rest = real(a) % divisor;
            if (rest == 0) {
                return Math.copySign(0.0, divisor);
            }
            return (divisor < 0) == (rest < 0) ? rest : rest + divisor;
        }
        BigInteger divisor = big(b);
        if (divisor.signum() == 0) {
            throw zero("integer modulo by zero");
        }
        BigInteger rest = big(a).remainder(divisor);
        return shrink(rest.signum() != 0 && rest.signum() != divisor.signum() ? rest.add(divisor) : rest);
    }

    static Object power(Object a, Object b) {
        if (!anyReal(a, b) && big(b).signum() >= 0) {
            BigInteger base = big(a);
            long exponent = index(b);
            if (base.abs().bitLength() <= 1) {
                return shrink(exponent == 0 ? BigInteger.ONE : base.pow(exponent % 2 == 0 ? 2 : 1));
            }
            if ((double) base.bitLength() * exponent > MAX_BITS) {
                throw TemplateFault.limit("an integer grows beyond " + MAX_BITS + " bits");
            }
            return shrink(base.pow((int) exponent));
        }
        double base = real(a);
        double exponent = real(b);
        if (base == 0 && exponent < 0) {
            throw zero("0.0 cannot be raised to a negative power");
        }
        if (base < 0 && !isIntegral(exponent) && !Double.isInfinite(exponent)) {
            throw TemplateFault.value("complex numbers are not supported");
        }
        double result = Math.pow(base, exponent);
        if (Double.isInfinite(result) && !Double.isInfinite(base) && !Double.isInfinite(exponent)) {
            throw overflow("(34, 'Numerical result out of range')");
        }
        return result;
    }

    static Object negate(Object a) {
        return a instanceof Double real ? (Object) (-real) : shrink(big(a).negate());
    }

    /** Sign of {@code a - b}, exactly; NaN is unordered, which the caller has excluded. */
    static int compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (anyReal(a, b)) {
            double x = a instanceof Double real ? real : big(a).doubleValue();
            double y = b instanceof Double real ? real : big(b).doubleValue();
            if (x != y || Double.isInfinite(x)) {
                return Double.compare(x, y);
            }
            return decimal(a).compareTo(decimal(b));
        }
        return big(a).compareTo(big(b));
    }

    static boolean isNan(Object value) {
        return value instanceof Double real && real.isNaN();
    }

    private static BigDecimal decimal(Object value) {
        return value instanceof Double real ? new BigDecimal(real) : new BigDecimal(big(value));
    }

    private static boolean anyReal(Object a, Object b) {
        return a instanceof Double || b instanceof Double;
    }

    private static TemplateFault zero(String words) {
        return new TemplateFault(TemplateFault.Kind.ZERO_DIVISION, words);
    }

    static TemplateFault overflow(String words) {
        return new TemplateFault(TemplateFault.Kind.OVERFLOW, words);
    }
}
