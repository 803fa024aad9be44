package io.theseus.cache.semantic;

/**
 * A vector in 8 bits.
 *
 * @param codes (stride), zeros behind the vector's own
 * @param scale a value is about code * scale
 * @param error length of the difference to the vector itself, rounded up
 */
record Rounded(byte[] codes, float scale, float error) {
    /** Covers the rounding of {@link #error} itself and of everything computed with it. */
    private static final double SLACK = 1e-6;

    static Rounded of(float[] v, int stride) {
        float amax = 0f;
        for (float value : v) {
            amax = Math.max(amax, Math.abs(value));
        }
        byte[] codes = new byte[stride];
        float scale = amax / 127f;
        double error = 0;
        for (int c = 0; c < v.length; c++) {
            codes[c] = scale > 0 ? (byte) Math.clamp(Math.rint(v[c] / scale), -127, 127) : 0;
            double difference = v[c] - (double) codes[c] * scale;
            error += difference * difference;
        }
        return new Rounded(codes, scale, (float) (Math.sqrt(error) + SLACK));
    }
}
