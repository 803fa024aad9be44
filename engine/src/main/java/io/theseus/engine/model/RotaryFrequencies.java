package io.theseus.engine.model;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * theta^(-2i/d) as the nearest double (rule 6). No library's {@code pow} is correctly rounded, and two machines must agree, so its
 * guess is corrected by comparing the midpoints to its neighbours with the exact value.
 */
final class RotaryFrequencies {
    // m^(d/2) * theta^i is compared with 1. A midpoint m is 2^-54 (relative) from the nearest doubles; 80 digits decide
    // unless m is
    // within 1e-60 of the value, and then the exact product does.
    private static final MathContext DIGITS = new MathContext(80);
    private static final BigDecimal DOUBT = new BigDecimal("1e-60");

    private RotaryFrequencies() {}

    /** (dimensions / 2) frequencies for base {@code theta}. */
    static double[] exact(float theta, int dimensions) {
        double[] frequencies = new double[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = exact((double) theta, i, dimensions);
        }
        return frequencies;
    }

    private static double exact(double theta, int i, int dimensions) {
        double w = StrictMath.pow(theta, -2.0 * i / dimensions);
        while (above(theta, i, dimensions, midpoint(w, Math.nextUp(w)))) {
            w = Math.nextUp(w);
        }
        while (!above(theta, i, dimensions, midpoint(w, Math.nextDown(w)))) {
            w = Math.nextDown(w);
        }
        return w;
    }

    private static BigDecimal midpoint(double a, double b) {
        return new BigDecimal(a).add(new BigDecimal(b)).divide(BigDecimal.TWO);
    }

    /** Whether theta^(-2i/d) > m, that is m^(d/2) * theta^i < 1. */
    private static boolean above(double theta, int i, int dimensions, BigDecimal m) {
        BigDecimal base = new BigDecimal(theta);
        BigDecimal rounded = m.pow(dimensions / 2, DIGITS).multiply(base.pow(i, DIGITS), DIGITS);
        if (rounded.subtract(BigDecimal.ONE).abs().compareTo(DOUBT) > 0) {
            return rounded.compareTo(BigDecimal.ONE) < 0;
        }
        return m.pow(dimensions / 2).multiply(base.pow(i)).compareTo(BigDecimal.ONE) < 0;
    }
}
