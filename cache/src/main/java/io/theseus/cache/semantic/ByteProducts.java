package io.theseus.cache.semantic;

/** Scalar products of one vector of bytes with many. Sums of integers: the vector form and the scalar one agree in every bit. */
final class ByteProducts {
    /** A node that was started without the Vector API scans all the same, slower. */
    private static final boolean VECTORISED =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && VectorProducts.wide();

    private ByteProducts() {}

    /** Whether {@link #of} is the vector form. */
    static boolean vectorised() {
        return VECTORISED;
    }

    /**
     * {@code to[row] = sum of rows[row * stride + c] * query[c]} for {@code count} rows.
     *
     * @param stride a multiple of 64
     * @param query (stride)
     */
    static void of(byte[] rows, int count, int stride, int[] query, int[] to) {
        if (VECTORISED) {
            VectorProducts.of(rows, count, stride, query, to);
        } else {
            scalar(rows, count, stride, query, to);
        }
    }

    /** The definition. */
    static void scalar(byte[] rows, int count, int stride, int[] query, int[] to) {
        for (int row = 0; row < count; row++) {
            int sum = 0;
            for (int c = 0; c < stride; c++) {
                sum += rows[row * stride + c] * query[c];
            }
            to[row] = sum;
        }
    }
}
