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
}
