package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.BYTES;
import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_SHORTS;
import static io.theseus.engine.tensor.VectorShapes.INTS;
import static io.theseus.engine.tensor.VectorShapes.LANES;
import static io.theseus.engine.tensor.VectorShapes.QUARTER_SHORTS;
import static io.theseus.engine.tensor.VectorShapes.TILE_ROWS;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Rule 3 on vectors: one for a single token, one for tiles of tokens. */
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
     * Cost, AVX2, per block of 16 rows x 32 columns: single token 64 x (shift or mask, convert, multiply-add); tiles 8 multiply-adds
     * per column and 4 tokens, at 90 % of the peak of two per cycle, and the weights are unpacked once for all tokens.
     */
    private VectorLinear() {}

    static void linear(
            PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch) {
        int end = Math.min(to, w.paddedRows());
        int tokens = x.padded();
        double[] totals = scratch.totals(tokens * TILE_ROWS);
        for (int row = from; row < end && row < w.rows(); row += TILE_ROWS) {
            if (x.tile() == 1) {
                single(w, x, row, totals, scratch);
            } else {
                tiles(w, x, row, totals, scratch);
            }
            finish(w, x, row, totals, y, yOffset, yStride);
        }
    }

    private static void single(PackedMatrix w, Activations x, int row, double[] totals, Scratch scratch) {
        int blocks = w.scaleBlocks();
        float[] sums = scratch.sums(blocks * TILE_ROWS);
        float[] scales = scratch.scales(2 * TILE_ROWS);
        int second = row + LANES;
        if (w.codeBits() == 4) {
            sums4(w.nibbles(), codeOffset4(w, row), codeOffset4(w, second), x.x(), x.sums(), blocks, sums);
        } else {
            sums8(w.bytes(), codeOffset8(w, row), codeOffset8(w, second), x.x(), blocks, w.scaleBlock(), sums);
        }
        int perSum = Activations.BLOCK / w.scaleBlock();
        if (VectorShapes.SHORTS_TO_DOUBLES) {
            int at = w.scaleIndex(row, 0);
            int next = w.scaleIndex(second, 0);
            if (w.hasMinimum()) {
                totalsWithMinimum(w.kw(), w.km(), at, next, sums, x.sums(), blocks, totals);
            } else {
                totals(w.kw(), at, next, sums, blocks, totals);
            }
            return;
        }
        Arrays.fill(totals, 0, TILE_ROWS, 0.0);
        for (int b = 0; b < blocks; b++) {
            scales(w, row, b, scales);
            accumulate(sums, b * TILE_ROWS, scales, x.sums(), b / perSum, 1, totals, w.hasMinimum());
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
        int second = row + LANES;
        Arrays.fill(totals, 0, tokens * TILE_ROWS, 0.0);
        int perSum = Activations.BLOCK / width;
        for (int b = 0; b < blocks; b++) {
            if (w.codeBits() == 4) {
                unpack4(w.nibbles(), codeOffset4(w, row) + b * 64, codeOffset4(w, second) + b * 64, tile);
            } else {
                int block = b * width * PackedMatrix.GROUP;
                unpack8(w.bytes(), codeOffset8(w, row) + block, codeOffset8(w, second) + block, width, tile);
            }
            int columns = x.index(b / perSum, 0) + b % perSum * width * Activations.TILE;
            multiply(tile, width, x.x(), columns, Activations.BLOCK * Activations.TILE, tiles, sums);
            scales(w, row, b, scales);
            accumulate(sums, 0, scales, x.sums(), x.sumIndex(b / perSum, 0), tokens, totals, w.hasMinimum());
        }
    }

    /** Where the codes of block 0 lie for the vector of rows that starts at {@code row}. */
    private static int codeOffset4(PackedMatrix w, int row) {
        return row / PackedMatrix.GROUP * (w.columns() / 8) * PackedMatrix.GROUP + row % PackedMatrix.GROUP;
    }

    private static int codeOffset8(PackedMatrix w, int row) {
        return row / PackedMatrix.GROUP * w.columns() * PackedMatrix.GROUP + row % PackedMatrix.GROUP;
    }

    /** Sums of (code) * x per block of 32, for two vectors of rows and one token. */
    private static void sums4(int[] codes, int first, int second, float[] x, float[] xSums, int blocks, float[] sums) {
        for (int b = 0; b < blocks; b++) {
            // Codes are stored + 8: start from -8 * sum(x).
            FloatVector s0 = FloatVector.broadcast(FLOATS, -8f * xSums[b]);
            FloatVector t0 = s0;
            FloatVector s1 = FloatVector.zero(FLOATS);
            FloatVector t1 = s1;
            for (int octet = 0; octet < 4; octet++) {
                int at = b * 64 + octet * 16;
                int k = b * 32 + octet * 8;
                IntVector v = IntVector.fromArray(INTS, codes, first + at);
                IntVector u = IntVector.fromArray(INTS, codes, second + at);
                for (int j = 0; j < 8; j += 2) {
                    FloatVector p = FloatVector.broadcast(FLOATS, x[k + j]);
                    FloatVector q = FloatVector.broadcast(FLOATS, x[k + j + 1]);
                    FloatVector v0 = (FloatVector) v.and(15).convertShape(VectorOperators.I2F, FLOATS, 0);
                    FloatVector u0 = (FloatVector) u.and(15).convertShape(VectorOperators.I2F, FLOATS, 0);
                    FloatVector v1 = (FloatVector)
                            v.lanewise(VectorOperators.LSHR, 4).and(15).convertShape(VectorOperators.I2F, FLOATS, 0);
                    FloatVector u1 = (FloatVector)
                            u.lanewise(VectorOperators.LSHR, 4).and(15).convertShape(VectorOperators.I2F, FLOATS, 0);
                    if (VectorShapes.FUSED) {
                        s0 = v0.fma(p, s0);
                        t0 = u0.fma(p, t0);
                        s1 = v1.fma(q, s1);
                        t1 = u1.fma(q, t1);
                    } else {
                        s0 = v0.mul(p).add(s0);
                        t0 = u0.mul(p).add(t0);
                        s1 = v1.mul(q).add(s1);
                        t1 = u1.mul(q).add(t1);
                    }
                    v = v.lanewise(VectorOperators.LSHR, 8);
                    u = u.lanewise(VectorOperators.LSHR, 8);
                }
            }
            s0.add(s1).intoArray(sums, b * TILE_ROWS);
            t0.add(t1).intoArray(sums, b * TILE_ROWS + LANES);
        }
    }

    private static void sums8(byte[] codes, int first, int second, float[] x, int blocks, int width, float[] sums) {
        for (int b = 0; b < blocks; b++) {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector t0 = s0;
            FloatVector s1 = s0;
            FloatVector t1 = s0;
            int k = b * width;
            int at = k * PackedMatrix.GROUP;
            for (int c = 0; c < width; c += 2, at += 2 * PackedMatrix.GROUP) {
                FloatVector p = FloatVector.broadcast(FLOATS, x[k + c]);
                FloatVector q = FloatVector.broadcast(FLOATS, x[k + c + 1]);
                FloatVector v0 = (FloatVector)
                        ByteVector.fromArray(BYTES, codes, first + at).convertShape(VectorOperators.B2F, FLOATS, 0);
                FloatVector u0 = (FloatVector)
                        ByteVector.fromArray(BYTES, codes, second + at).convertShape(VectorOperators.B2F, FLOATS, 0);
                FloatVector v1 = (FloatVector) ByteVector.fromArray(BYTES, codes, first + at + PackedMatrix.GROUP)
                        .convertShape(VectorOperators.B2F, FLOATS, 0);
                FloatVector u1 = (FloatVector) ByteVector.fromArray(BYTES, codes, second + at + PackedMatrix.GROUP)
                        .convertShape(VectorOperators.B2F, FLOATS, 0);
                if (VectorShapes.FUSED) {
                    s0 = v0.fma(p, s0);
                    t0 = u0.fma(p, t0);
                    s1 = v1.fma(q, s1);
                    t1 = u1.fma(q, t1);
                } else {
                    s0 = v0.mul(p).add(s0);
                    t0 = u0.mul(p).add(t0);
                    s1 = v1.mul(q).add(s1);
                    t1 = u1.mul(q).add(t1);
                }
            }
            s0.add(s1).intoArray(sums, b * TILE_ROWS);
            t0.add(t1).intoArray(sums, b * TILE_ROWS + LANES);
        }
    }

    /** Codes of one block as floats: tile[column][two vectors of rows]. */
    private static void unpack4(int[] codes, int first, int second, float[] tile) {
        for (int octet = 0; octet < 4; octet++) {
            IntVector v = IntVector.fromArray(INTS, codes, first + octet * 16);
            IntVector u = IntVector.fromArray(INTS, codes, second + octet * 16);
            int to = octet * 8 * TILE_ROWS;
            for (int j = 0; j < 8; j++, to += TILE_ROWS) {
                ((FloatVector) v.and(15).convertShape(VectorOperators.I2F, FLOATS, 0))
                        .sub(8f)
                        .intoArray(tile, to);
                ((FloatVector) u.and(15).convertShape(VectorOperators.I2F, FLOATS, 0))
                        .sub(8f)
                        .intoArray(tile, to + LANES);
                v = v.lanewise(VectorOperators.LSHR, 4);
                u = u.lanewise(VectorOperators.LSHR, 4);
            }
        }
    }

    private static void unpack8(byte[] codes, int first, int second, int width, float[] tile) {
        for (int c = 0; c < width; c++) {
            int at = c * PackedMatrix.GROUP;
            ((FloatVector) ByteVector.fromArray(BYTES, codes, first + at).convertShape(VectorOperators.B2F, FLOATS, 0))
                    .intoArray(tile, c * TILE_ROWS);
            ((FloatVector) ByteVector.fromArray(BYTES, codes, second + at).convertShape(VectorOperators.B2F, FLOATS, 0))
                    .intoArray(tile, c * TILE_ROWS + LANES);
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

    /** Row totals of one token: sum over blocks of kw * sums. Needs fused multiply-add, which every machine with this width has. */
    private static void totals(short[] kw, int first, int second, float[] sums, int blocks, double[] totals) {
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = t0;
        DoubleVector t2 = t0;
        DoubleVector t3 = t0;
        for (int b = 0; b < blocks; b++) {
            int at = b * PackedMatrix.GROUP;

            DoubleVector s0 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w0 = (DoubleVector)
                    ShortVector.fromArray(QUARTER_SHORTS, kw, first + at).convertShape(VectorOperators.S2D, DOUBLES, 0);
            t0 = s0.fma(w0, t0);
            DoubleVector s1 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS + 1 * (LANES / 2))
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w1 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, first + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t1 = s1.fma(w1, t1);
            DoubleVector s2 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS + 2 * (LANES / 2))
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w2 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t2 = s2.fma(w2, t2);
            DoubleVector s3 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS + 3 * (LANES / 2))
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w3 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t3 = s3.fma(w3, t3);
        }
        t0.intoArray(totals, 0);
        t1.intoArray(totals, LANES / 2);
        t2.intoArray(totals, LANES);
        t3.intoArray(totals, LANES + LANES / 2);
    }

    /** As {@link #totals}, with km. */
    private static void totalsWithMinimum(
            short[] kw, short[] km, int first, int second, float[] sums, float[] xSums, int blocks, double[] totals) {
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = t0;
        DoubleVector t2 = t0;
        DoubleVector t3 = t0;
        for (int b = 0; b < blocks; b++) {
            int at = b * PackedMatrix.GROUP;
            DoubleVector xs = DoubleVector.broadcast(DOUBLES, xSums[b]);
            DoubleVector s0 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w0 = (DoubleVector)
                    ShortVector.fromArray(QUARTER_SHORTS, kw, first + at).convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m0 = (DoubleVector)
                    ShortVector.fromArray(QUARTER_SHORTS, km, first + at).convertShape(VectorOperators.S2D, DOUBLES, 0);
            t0 = s0.fma(w0, m0.fma(xs, t0));
            DoubleVector s1 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS + 1 * (LANES / 2))
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w1 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, first + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m1 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, km, first + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t1 = s1.fma(w1, m1.fma(xs, t1));
            DoubleVector s2 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS + 2 * (LANES / 2))
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w2 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m2 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, km, second + at)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t2 = s2.fma(w2, m2.fma(xs, t2));
            DoubleVector s3 = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, b * TILE_ROWS + 3 * (LANES / 2))
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector w3 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, kw, second + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            DoubleVector m3 = (DoubleVector) ShortVector.fromArray(QUARTER_SHORTS, km, second + at + LANES / 2)
                    .convertShape(VectorOperators.S2D, DOUBLES, 0);
            t3 = s3.fma(w3, m3.fma(xs, t3));
        }
        t0.intoArray(totals, 0);
        t1.intoArray(totals, LANES / 2);
        t2.intoArray(totals, LANES);
        t3.intoArray(totals, LANES + LANES / 2);
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
