package io.theseus.engine.embedding;

/** From a text's token vectors to its own: rule 15 of docs/numerics.md. */
final class Pooling {
    private Pooling() {}

    /**
     * The mean of rows {@code first .. first + count - 1} of {@code x}, (rows, width), scaled to length 1; all zeros if the mean is.
     * Sums are of f64 in ascending order, so their bits do not depend on the machine.
     */
    static float[] meanOfLengthOne(float[] x, int first, int count, int width) {
        double[] mean = new double[width];
        for (int row = first; row < first + count; row++) {
            for (int c = 0; c < width; c++) {
                mean[c] += x[row * width + c];
            }
        }
        double squares = 0;
        for (int c = 0; c < width; c++) {
            mean[c] /= count;
            squares += mean[c] * mean[c];
        }
        double length = Math.sqrt(squares);
        float[] result = new float[width];
        if (length > 0) {
            for (int c = 0; c < width; c++) {
                result[c] = (float) (mean[c] / length);
            }
        }
        return result;
    }
}
