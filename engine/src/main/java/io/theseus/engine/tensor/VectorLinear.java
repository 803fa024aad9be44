package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_SHORTS;
import static io.theseus.engine.tensor.VectorShapes.INTS;
import static io.theseus.engine.tensor.VectorShapes.LANES;
import static io.theseus.engine.tensor.VectorShapes.TILE_ROWS;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Rule 3 on vectors, for tiles of tokens; a single token goes to {@link SingleTokenLinear}. */
final class VectorLinear {
    /*
     * Rows are interleaved, so a vector holds one column of LANES rows; it meets x by broadcast and no lane is ever added to another.
     * Within a block of 32 columns the sum is below 2^24 (in units of 2^shift), so float lanes hold it exactly; then it is widened to
     * double, multiplied by kw, and km's part is added, both by fused multiply-adds whose results are exact integers below 2^53.
     *
     * The methods are small on purpose. C2 gives up inlining the Vector API's wrappers when a method has grown past its node budget,
     * and what is left then allocates a vector object per operation: a hundred times slower, depending on the order of events. For the
     * same reason nothing here passes a vector to a method of ours. See docs/decisions/ on kernels.
     *
     * Cost, AVX2, per block of 16 rows x 32 columns and 4 tokens: 8 multiply-adds per column, at 90 % of the peak of two per cycle; the
     * weights are unpacked once for all tokens.
     */
    private VectorLinear() {}

    static void linear(
            PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch) {
        int end = Math.min(to, w.paddedRows());
        int tokens = x.padded();
        double[] totals = scratch.totals(tokens * TILE_ROWS);
        for (int row = from; row < end && row < w.rows(); row += TILE_ROWS) {
            if (x.tile() == 1) {
                SingleTokenLinear.totals(w, x, row, totals, scratch);
            } else {
                tiles(w, x, row, totals, scratch);
            }
            finish(w, x, row, totals, y, yOffset, yStride);
        }
    }

    private static void tiles(PackedMatrix w, Activations x, int row, double[] totals, Scratch scratch) {
        int tokens = x.padded();
        int tiles = tokens / Activations.TILE;
        int blocks = w.scaleBlocks();
        int width = w.scaleBlock();
        float[] tile = scratch.tile(Activations.BLOCK * TILE_ROWS);
        float[] sums = scratch.sums(tokens * TILE_ROWS);
        float[] scales = scratch.scales(2 * TILE_ROWS);
        int first = w.wordIndex(row);
        int second = w.wordIndex(row + LANES);
        int wordsPerBlock = width / w.columnsPerWord();
        Arrays.fill(totals, 0, tokens * TILE_ROWS, 0.0);
        int perSum = Activations.BLOCK / width;
        for (int b = 0; b < blocks; b++) {
            int at = b * wordsPerBlock * PackedMatrix.GROUP;
            unpack(w.words(), first + at, second + at, wordsPerBlock, w.codeBits(), tile);
            int columns = x.index(b / perSum, 0) + b % perSum * width * Activations.TILE;
            multiply(tile, width, x.x(), columns, Activations.BLOCK * Activations.TILE, tiles, sums);
            scales(w, row, b, scales);
            accumulate(sums, 0, scales, x.sums(), x.sumIndex(b / perSum, 0), tokens, totals, w.hasMinimum());
        }
    }

    /** Codes of some columns of two vectors of rows as floats: tile[column][two vectors]. */
    private static void unpack(int[] words, int first, int second, int count, int bits, float[] tile) {
        int mask = (1 << bits) - 1;
        float centre = 1 << bits - 1;
        int perWord = 32 / bits;
        int to = 0;
        for (int word = 0; word < count; word++) {
            IntVector v = IntVector.fromArray(INTS, words, first + word * PackedMatrix.GROUP);
            IntVector u = IntVector.fromArray(INTS, words, second + word * PackedMatrix.GROUP);
            for (int j = 0; j < perWord; j++, to += TILE_ROWS) {
                ((FloatVector) v.and(mask).convertShape(VectorOperators.I2F, FLOATS, 0))
                        .sub(centre)
                        .intoArray(tile, to);
                ((FloatVector) u.and(mask).convertShape(VectorOperators.I2F, FLOATS, 0))
                        .sub(centre)
                        .intoArray(tile, to + LANES);
                v = v.lanewise(VectorOperators.LSHR, bits);
                u = u.lanewise(VectorOperators.LSHR, bits);
            }
        }
    }

    /**
     * The inner product of everything: {@code sums[token][row] = sum over columns of tile[column][row] * x[column][token]}, exact as
     * long as every partial sum is below 2^24 in units of the block.
     *
     * @param x tiles of four tokens, [column][token], each {@code stride} after the last, from {@code offset}
     */
    static void multiply(float[] tile, int columns, float[] x, int offset, int stride, int tiles, float[] sums) {
        for (int i = 0; i < tiles; i++) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector b2 = a0;
            FloatVector b3 = a0;
            int base = offset + i * stride;
            for (int c = 0; c < columns; c++) {
                FloatVector p = FloatVector.fromArray(FLOATS, tile, c * TILE_ROWS);
                FloatVector r = FloatVector.fromArray(FLOATS, tile, c * TILE_ROWS + LANES);
                int k = base + c * Activations.TILE;
                FloatVector q0 = FloatVector.broadcast(FLOATS, x[k]);
                FloatVector q1 = FloatVector.broadcast(FLOATS, x[k + 1]);
                FloatVector q2 = FloatVector.broadcast(FLOATS, x[k + 2]);
                FloatVector q3 = FloatVector.broadcast(FLOATS, x[k + 3]);
                if (VectorShapes.FUSED) {
                    a0 = p.fma(q0, a0);
                    b0 = r.fma(q0, b0);
                    a1 = p.fma(q1, a1);
                    b1 = r.fma(q1, b1);
                    a2 = p.fma(q2, a2);
                    b2 = r.fma(q2, b2);
                    a3 = p.fma(q3, a3);
                    b3 = r.fma(q3, b3);
                } else {
                    a0 = p.mul(q0).add(a0);
                    b0 = r.mul(q0).add(b0);
                    a1 = p.mul(q1).add(a1);
                    b1 = r.mul(q1).add(b1);
                    a2 = p.mul(q2).add(a2);
                    b2 = r.mul(q2).add(b2);
                    a3 = p.mul(q3).add(a3);
                    b3 = r.mul(q3).add(b3);
                }
            }
            int to = i * Activations.TILE * TILE_ROWS;
            a0.intoArray(sums, to);
            b0.intoArray(sums, to + LANES);
            a1.intoArray(sums, to + TILE_ROWS);
            b1.intoArray(sums, to + TILE_ROWS + LANES);
            a2.intoArray(sums, to + 2 * TILE_ROWS);
            b2.intoArray(sums, to + 2 * TILE_ROWS + LANES);
            a3.intoArray(sums, to + 3 * TILE_ROWS);
            b3.intoArray(sums, to + 3 * TILE_ROWS + LANES);
        }
    }

    /** kw, then km, of one block for a tile of rows, as floats. */
    private static void scales(PackedMatrix w, int row, int block, float[] scales) {
        for (int half = 0; half < 2; half++) {
            int at = w.scaleIndex(row + half * LANES, block);
            ((FloatVector) ShortVector.fromArray(HALF_SHORTS, w.kw(), at).convertShape(VectorOperators.S2F, FLOATS, 0))
                    .intoArray(scales, half * LANES);
            if (w.hasMinimum()) {
                ((FloatVector) ShortVector.fromArray(HALF_SHORTS, w.km(), at)
                                .convertShape(VectorOperators.S2F, FLOATS, 0))
                        .intoArray(scales, TILE_ROWS + half * LANES);
            }
        }
    }

    /** totals[token][row] += kw[row] * sums[token][row] + km[row] * xSums[token]. */
    private static void accumulate(
            float[] sums,
            int offset,
            float[] scales,
            float[] xSums,
            int xOffset,
            int tokens,
            double[] totals,
            boolean minimum) {
        int half = LANES / 2;
        for (int part = 0; part < TILE_ROWS; part += half) {
            DoubleVector kw = (DoubleVector)
                    FloatVector.fromArray(HALF_FLOATS, scales, part).convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector km = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, scales, TILE_ROWS + part)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            int at = part;
            for (int token = 0; token < tokens; token++, at += TILE_ROWS) {
                DoubleVector s = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, offset + at)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                DoubleVector t = DoubleVector.fromArray(DOUBLES, totals, at);
                if (minimum) {
                    double xs = xSums[xOffset + token];
                    t = VectorShapes.FUSED
                            ? km.fma(DoubleVector.broadcast(DOUBLES, xs), t)
                            : km.mul(xs).add(t);
                }
                (VectorShapes.FUSED ? s.fma(kw, t) : s.mul(kw).add(t)).intoArray(totals, at);
            }
        }
    }

    private static void finish(
            PackedMatrix w, Activations x, int row, double[] totals, float[] y, int yOffset, int yStride) {
        int rows = Math.min(TILE_ROWS, w.rows() - row);
        for (int token = 0; token < x.tokens(); token++) {
            double power = ExactMath.doublePowerOfTwo(x.exponents()[token]);
            int to = yOffset + token * yStride + row;
            for (int r = 0; r < rows; r++) {
                y[to + r] = (float) (totals[token * TILE_ROWS + r] * ((double) w.rowScale()[row + r] * power));
            }
        }
    }
}
