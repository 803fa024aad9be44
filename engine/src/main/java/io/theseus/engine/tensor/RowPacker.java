package io.theseus.engine.tensor;

/** Turns 16 rows of a source into one group of a {@link PackedMatrix}. One per thread. */
final class RowPacker {
    private static final float MAX_KW = 1023f;
    private static final float MAX_KM = 32767f;

    private final PackedMatrix matrix;
    private final SourceRows source;
    private final int[] words;
    private final float[] d;
    private final float[] m;

    RowPacker(PackedMatrix matrix, SourceRows source) {
        this.matrix = matrix;
        this.source = source;
        this.words = new int[matrix.columns() / matrix.columnsPerWord()];
        this.d = new float[matrix.scaleBlocks()];
        this.m = new float[matrix.scaleBlocks()];
    }

    void packGroup(int group) {
        int from = group * PackedMatrix.GROUP;
        int to = Math.min(matrix.rows(), from + PackedMatrix.GROUP);
        for (int row = from; row < to; row++) {
            source.read(row, words, d, m);
            packScales(row);
            packCodes(row);
        }
    }

    private void packScales(int row) {
        float largestD = 0f;
        float largestM = 0f;
        for (int b = 0; b < d.length; b++) {
            if (!(Math.abs(d[b]) <= Float.MAX_VALUE) || !(Math.abs(m[b]) <= Float.MAX_VALUE)) {
                throw new NonFiniteValueException();
            }
            largestD = Math.max(largestD, Math.abs(d[b]));
            largestM = Math.max(largestM, Math.abs(m[b]));
        }
        float scale = Math.max(largestD / MAX_KW, largestM / MAX_KM);
        matrix.rowScale()[row] = scale;
        int at = matrix.scaleIndex(row, 0);
        for (int b = 0; b < d.length; b++, at += PackedMatrix.GROUP) {
            matrix.kw()[at] = scale == 0f ? 0 : (short) Math.rint(d[b] / scale);
            if (matrix.hasMinimum()) {
                matrix.km()[at] = scale == 0f ? 0 : (short) Math.rint(m[b] / scale);
            }
        }
    }

    private void packCodes(int row) {
        int[] to = matrix.words();
        int at = matrix.wordIndex(row);
        for (int w = 0; w < words.length; w++, at += PackedMatrix.GROUP) {
            to[at] = words[w];
        }
    }
}
