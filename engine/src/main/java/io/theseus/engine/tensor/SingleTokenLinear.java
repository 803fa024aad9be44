package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.HALF_INTS;
import static io.theseus.engine.tensor.VectorShapes.INTS;
import static io.theseus.engine.tensor.VectorShapes.LANES;
import static io.theseus.engine.tensor.VectorShapes.QUARTER_SHORTS;
import static io.theseus.engine.tensor.VectorShapes.TILE_ROWS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Rule 3 on vectors for one token: decode. */
final class SingleTokenLinear {
    /*
     * Per column and vector of rows a shift, an integer multiplication and an addition, with no mask and no conversion (see
     * IntegerRow): on AVX2 twice as fast as unpacking the codes to floats for a fused multiply-add. The two widths are written out:
     * with the width as a parameter the shifts are no constants, and half of the speed is gone.
     */
    private SingleTokenLinear() {}

    /** Row totals of the tile of rows at {@code row}: exact integers, (TILE_ROWS). */
    static void totals(PackedMatrix w, Activations x, int row, double[] totals, Scratch scratch) {
        int blocks = w.scaleBlocks();
        int[] sums = scratch.integers(blocks * TILE_ROWS);
        int first = w.wordIndex(row);
        int second = w.wordIndex(row + LANES);
        if (w.codeBits() == 4) {
            sums4(w.words(), first, second, x.row(), blocks, w.scaleBlock(), sums);
        } else {
            sums8(w.words(), first, second, x.row(), blocks, w.scaleBlock(), sums);
        }
        int perUnit = Activations.BLOCK / w.scaleBlock();
        int firstScale = w.scaleIndex(row, 0);
        int secondScale = w.scaleIndex(row + LANES, 0);
        if (!VectorShapes.SHORTS_TO_DOUBLES) {
            narrow(w, x, row, sums, totals);
        } else if (w.hasMinimum()) {
            withMinimum(
                    w.kw(), w.km(), firstScale, secondScale, sums, x.row().units(), x.sums(), perUnit, blocks, totals);
        } else {
            plain(w.kw(), firstScale, secondScale, sums, x.row().units(), perUnit, blocks, totals);
        }
    }

    /** Sums of code * x per block, for two vectors of rows: exact in 32 bits. */
    private static void sums4(int[] words, int first, int second, IntegerRow x, int blocks, int width, int[] sums) {
        int[] steps = x.steps4();
        int k = 0;
        for (int b = 0; b < blocks; b++) {
            IntVector s = IntVector.broadcast(INTS, -8 * x.sum(b, width));
            IntVector t = s;
            int v0 = first + k / 8 * PackedMatrix.GROUP;
            int u0 = second + k / 8 * PackedMatrix.GROUP;
            int end = v0 + width / 8 * PackedMatrix.GROUP;
            for (; v0 < end; v0 += PackedMatrix.GROUP, u0 += PackedMatrix.GROUP) {
                IntVector v = IntVector.fromArray(INTS, words, v0);
                IntVector u = IntVector.fromArray(INTS, words, u0);
                for (int j = 0; j < 8; j++, k++) {
                    int step = steps[k];
                    s = s.add(v.mul(step));
                    t = t.add(u.mul(step));
                    v = v.lanewise(VectorOperators.LSHR, 4);
                    u = u.lanewise(VectorOperators.LSHR, 4);
                }
            }
            s.intoArray(sums, b * TILE_ROWS);
            t.intoArray(sums, b * TILE_ROWS + LANES);
        }
    }

    private static void sums8(int[] words, int first, int second, IntegerRow x, int blocks, int width, int[] sums) {
        int[] steps = x.steps8();
        int k = 0;
        for (int b = 0; b < blocks; b++) {
            IntVector s = IntVector.broadcast(INTS, -128 * x.sum(b, width));
            IntVector t = s;
            int v0 = first + k / 4 * PackedMatrix.GROUP;
            int u0 = second + k / 4 * PackedMatrix.GROUP;
            int end = v0 + width / 4 * PackedMatrix.GROUP;
            for (; v0 < end; v0 += PackedMatrix.GROUP, u0 += PackedMatrix.GROUP) {
                IntVector v = IntVector.fromArray(INTS, words, v0);
                IntVector u = IntVector.fromArray(INTS, words, u0);
                for (int j = 0; j < 4; j++, k++) {
                    int step = steps[k];
                    s = s.add(v.mul(step));
                    t = t.add(u.mul(step));
                    v = v.lanewise(VectorOperators.LSHR, 8);
                    u = u.lanewise(VectorOperators.LSHR, 8);
                }
            }
            s.intoArray(sums, b * TILE_ROWS);
            t.intoArray(sums, b * TILE_ROWS + LANES);
        }
    }

    /** Row totals: sum over blocks of kw * 2^shift * sums. */
    private static void plain(
            short[] kw, int first, int second, int[] sums, float[] units, int perUnit, int blocks, double[] totals) {
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = t0;
        DoubleVector t2 = t0;
        DoubleVector t3 = t0;
        for (int b = 0; b < blocks; b++) {
            int at = b * PackedMatrix.GROUP;
            double unit = units[b / perUnit];

            DoubleVector s0 = (DoubleVector)
                    IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS).convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w0 = (DoubleVector)
                    ShortVector.fromArray(QUARTER_SHORTS, kw, first + at).convertShape(VectorOperators.S2D, DOUBLES, 0);
            t0 = s0.mul(unit).fma(w0, t0);
            DoubleVector s1 = (DoubleVector) IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS + 1 * (LANES / 2))
                    .convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w1 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, first + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t1 = s1.mul(unit).fma(w1, t1);
            DoubleVector s2 = (DoubleVector) IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS + 2 * (LANES / 2))
                    .convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w2 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t2 = s2.mul(unit).fma(w2, t2);
            DoubleVector s3 = (DoubleVector) IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS + 3 * (LANES / 2))
                    .convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w3 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t3 = s3.mul(unit).fma(w3, t3);
        }
        t0.intoArray(totals, 0);
        t1.intoArray(totals, LANES / 2);
        t2.intoArray(totals, LANES);
        t3.intoArray(totals, LANES + LANES / 2);
    }

    /** As {@link #plain}, plus km times the sum of x. */
    private static void withMinimum(
            short[] kw,
            short[] km,
            int first,
            int second,
            int[] sums,
            float[] units,
            float[] xSums,
            int perUnit,
            int blocks,
            double[] totals) {
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = t0;
        DoubleVector t2 = t0;
        DoubleVector t3 = t0;
        for (int b = 0; b < blocks; b++) {
            int at = b * PackedMatrix.GROUP;
            double unit = units[b / perUnit];
            DoubleVector xs = DoubleVector.broadcast(DOUBLES, xSums[b]);
            DoubleVector s0 = (DoubleVector)
                    IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS).convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w0 = (DoubleVector)
                    ShortVector.fromArray(QUARTER_SHORTS, kw, first + at).convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m0 = (DoubleVector)
                    ShortVector.fromArray(QUARTER_SHORTS, km, first + at).convertShape(VectorOperators.S2D, DOUBLES, 0);
            t0 = s0.mul(unit).fma(w0, m0.fma(xs, t0));
            DoubleVector s1 = (DoubleVector) IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS + 1 * (LANES / 2))
                    .convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w1 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, first + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m1 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, km, first + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t1 = s1.mul(unit).fma(w1, m1.fma(xs, t1));
            DoubleVector s2 = (DoubleVector) IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS + 2 * (LANES / 2))
                    .convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w2 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m2 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, km, second + at)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t2 = s2.mul(unit).fma(w2, m2.fma(xs, t2));
            DoubleVector s3 = (DoubleVector) IntVector.fromArray(HALF_INTS, sums, b * TILE_ROWS + 3 * (LANES / 2))
                    .convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector w3 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m3 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, km, second + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t3 = s3.mul(unit).fma(w3, m3.fma(xs, t3));
        }
        t0.intoArray(totals, 0);
        t1.intoArray(totals, LANES / 2);
        t2.intoArray(totals, LANES);
        t3.intoArray(totals, LANES + LANES / 2);
    }

    /** Row totals where vectors are too narrow for the shapes above. */
    private static void narrow(PackedMatrix w, Activations x, int row, int[] sums, double[] totals) {
        int perUnit = Activations.BLOCK / w.scaleBlock();
        for (int r = 0; r < TILE_ROWS; r++) {
            double total = 0;
            int scale = w.scaleIndex(row + r, 0);
            for (int b = 0; b < w.scaleBlocks(); b++, scale += PackedMatrix.GROUP) {
                double sum = (double) sums[b * TILE_ROWS + r] * x.row().units()[b / perUnit];
                total += w.kw()[scale] * sum;
                if (w.hasMinimum()) {
                    total += (double) w.km()[scale] * x.sums()[b];
                }
            }
            totals[r] = total;
        }
    }
}
