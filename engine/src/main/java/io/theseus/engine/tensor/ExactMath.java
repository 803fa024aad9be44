package io.theseus.engine.tensor;

/**
 * Elementwise functions whose bits do not depend on the machine: IEEE 754 operations in a written order.
 *
 * <p>Source: docs/numerics.md, rule 10.
 */
public final class ExactMath {
    private static final float LOG2_E = 0x1.715476p+0f;
    private static final float LN2_HIGH = 0x1.63p-1f;
    private static final float LN2_LOW = -0x1.bd0106p-13f;
    private static final float C5 = 0x1.10625p-7f;
    private static final float C4 = 0x1.572a64p-5f;
    private static final float C3 = 0x1.5557bp-3f;
    private static final float C2 = 0x1.fffdfcp-2f;

    private ExactMath() {}

    /** e^x; 0 below -86, e^88 above 88, exactly 1 at 0, NaN for NaN; relative error below 2^-22.3 in between. */
    public static float exp(float x) {
        if (x < -86f) {
            return 0f;
        }
        float clipped = x > 88f ? 88f : x;
        float n = (float) Math.rint(clipped * LOG2_E);
        float r = (clipped - n * LN2_HIGH) - n * LN2_LOW;
        float y = C5 * r + C4;
        y = y * r + C3;
        y = y * r + C2;
        y = y * r + 1f;
        y = y * r + 1f;
        return y * Float.intBitsToFloat(((int) n + 127) << 23);
    }

    /** 2^k for k in -126..127. */
    public static float powerOfTwo(int k) {
        return Float.intBitsToFloat((k + 127) << 23);
    }

    /** 2^k for k in -1022..1023. */
    public static double doublePowerOfTwo(int k) {
        return Double.longBitsToDouble((long) (k + 1023) << 52);
    }

    /** The integer E with 2^(E-1) <= a < 2^E, for normal a > 0. */
    public static int exponent(float a) {
        return Math.getExponent(a) + 1;
    }

    /** {@code x} rounded to bf16, ties to even: the format of the residual between layers (rule 4). */
    public static float wire(float x) {
        int bits = Float.floatToRawIntBits(x);
        return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }

    /** {@code x} >= 0 rounded up to bf16: the format of the scales of K and V (rule 8). */
    public static float upToBf16(float x) {
        return Float.intBitsToFloat((Float.floatToRawIntBits(x) + 0xFFFF) & 0xFFFF0000);
    }

    /** The largest Q = 2^m - 1 for which 127 * headDim * Q < 2^24: the range of a quantised query (rule 8). */
    public static int queryRange(int headDim) {
        int q = 1;
        while (127L * headDim * (2L * q + 1) < 1L << 24) {
            q = 2 * q + 1;
        }
        return q;
    }

    /** SiLU of {@code g} times {@code u}: the gate of a feed-forward layer (rule 4). */
    public static float gate(float g, float u) {
        return (g / (1f + exp(-g))) * u;
    }
}
