package io.theseus.engine.tensor;

/**
 * One token's activations prepared for multiplication by whole words of packed codes.
 *
 * <p>A word w holds codes n_0, n_1, ... of b bits each. With W_k = w >>> b*k, the code is n_k = W_k - 2^b W_(k+1), so sum n_k x_k =
 * sum W_k (x_k - 2^b x_(k-1)): shifting suffices, nothing is masked out, and nothing is converted to float. The products overflow, but
 * arithmetic modulo 2^32 is a ring and the sum fits into 32 bits, so it is exact.
 */
final class IntegerRow {
    private final int[] values; // (1 + columns): 0, then x
    private final int[] steps4; // (columns): x_k - 16 x_(k-1) within each eight
    private final int[] steps8; // (columns): x_k - 256 x_(k-1) within each four
    private final int[] factors4; // (columns): 16, but 0 where a word begins
    private final int[] factors8; // (columns): 256, but 0 where a word begins
    private final int[] sums; // (columns / 16): sum of x
    private final float[] units; // (columns / 32): 2^shift

    IntegerRow(int columns) {
        values = new int[columns + 1];
        steps4 = new int[columns];
        steps8 = new int[columns];
        factors4 = new int[columns];
        factors8 = new int[columns];
        for (int c = 0; c < columns; c++) {
            factors4[c] = c % 8 == 0 ? 0 : 1 << 4;
            factors8[c] = c % 4 == 0 ? 0 : 1 << 8;
        }
        sums = new int[columns / 16];
        units = new float[columns / Activations.BLOCK];
    }

    void setUnit(int block, float unit) {
        units[block] = unit;
    }

    /** Where x goes: (1 + columns), column c at c + 1. */
    int[] values() {
        return values;
    }

    /** To be called when values and units are set. */
    void finish() {
        for (int half = 0; half < sums.length; half++) {
            int sum = 0;
            for (int c = half * 16 + 1; c <= half * 16 + 16; c++) {
                sum += values[c];
            }
            sums[half] = sum;
        }
        for (int c = 0; c < steps4.length; c++) {
            steps4[c] = values[c + 1] - values[c] * factors4[c];
        }
        for (int c = 0; c < steps8.length; c++) {
            steps8[c] = values[c + 1] - values[c] * factors8[c];
        }
    }

    int[] steps4() {
        return steps4;
    }

    int[] steps8() {
        return steps8;
    }

    /** Sum of x over {@code width} (16 or 32) columns of scale block {@code block}. */
    int sum(int block, int width) {
        return width == 16 ? sums[block] : sums[2 * block] + sums[2 * block + 1];
    }

    float[] units() {
        return units;
    }
}
