package io.theseus.engine.tensor;

/** The definition of the functions that only encoders of the BERT family need: docs/numerics.md, rules 14 and 15. */
final class EncoderMath {
    private static final int NORM_BITS = 18;

    /** p / sqrt(2) with p = 0.3275911. */
    static final float T_SLOPE = 0x1.da671p-3f;

    // Halves of the coefficients of Abramowitz and Stegun 7.1.26.
    static final float A1 = 0x1.04f20cp-3f;
    static final float A2 = -0x1.23531cp-3f;
    static final float A3 = 0x1.6be1c6p-1f;
    static final float A4 = -0x1.7401c6p-1f;
    static final float A5 = 0x1.0fb844p-1f;

    private EncoderMath() {}

    static void layerNorm(
            float[] x, int offset, int n, float[] weight, float[] bias, float eps, float[] to, int toOffset) {
        float amax = 0f;
        for (int i = offset; i < offset + n; i++) {
            amax = Math.max(amax, Math.abs(x[i]));
        }
        if (!(amax <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        if (amax < Activations.TINY) {
            System.arraycopy(bias, 0, to, toOffset, n);
            return;
        }
        int e = ExactMath.exponent(amax);
        long sum = 0;
        long squares = 0;
        for (int i = 0; i < n; i++) {
            long q = (long) Math.rint(Math.scalb((double) x[offset + i], NORM_BITS - e));
            sum += q;
            squares += q * q;
        }
        float mean = mean(sum, e, n);
        float r = inverseDeviation(sum, squares, e, n, eps);
        for (int i = 0; i < n; i++) {
            to[toOffset + i] = ((x[offset + i] - mean) * r) * weight[i] + bias[i];
        }
    }

    /** The mean of rule 15 from the sum of the 18-bit integers. */
    static float mean(long sum, int e, int n) {
        return (float) ((double) sum / (double) n * ExactMath.doublePowerOfTwo(e - NORM_BITS));
    }

    /** 1 / sqrt(variance + eps) of rule 15; n * squares - sum^2 is an exact integer below 2^62 for n up to 8192. */
    static float inverseDeviation(long sum, long squares, int e, int n, float eps) {
        double spread = (double) (n * squares - sum * sum) / ((double) n * (double) n);
        return (float) (1.0 / Math.sqrt(spread * ExactMath.doublePowerOfTwo(2 * (e - NORM_BITS)) + (double) eps));
    }

    static void gelu(float[] x, int offset, int n) {
        for (int i = offset; i < offset + n; i++) {
            x[i] = gelu(x[i]);
        }
    }

    /**
     * x times the standard normal distribution function of x, whose error is below 2e-7 (its last bits are rule 14's).
     *
     * <p>Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
     */
    static float gelu(float x) {
        float t = 1f / (1f + Math.abs(x) * T_SLOPE);
        float y = A5 * t + A4;
        y = y * t + A3;
        y = y * t + A2;
        y = y * t + A1;
        float tail = (y * t) * ExactMath.exp((x * x) * -0.5f);
        return x * (x < 0f ? tail : 1f - tail);
    }
}
