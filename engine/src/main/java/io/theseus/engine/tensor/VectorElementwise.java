package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_FLOATS;
import static io.theseus.engine.tensor.VectorShapes.INTS;
import static io.theseus.engine.tensor.VectorShapes.LANES;
import static io.theseus.engine.tensor.VectorShapes.ROUND;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Rules 2, 4, 5 and 10 on vectors. Elementwise code has no fused multiply-add and does each operation in the written order, so lanes
 * compute what the scalar definition computes; maxima and exact integer sums may be taken in any order.
 */
final class VectorElementwise {
    private static final int NORM_BITS = 18;

    private VectorElementwise() {}

    /** Largest magnitude of n values, n a multiple of {@link VectorShapes#LANES}. */
    static float amax(float[] v, int offset, int n) {
        FloatVector max = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += LANES) {
            max = max.max(FloatVector.fromArray(FLOATS, v, offset + i).abs());
        }
        float amax = max.reduceLanes(VectorOperators.MAX);
        if (!(amax <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        return amax;
    }

    static void quantize(float[] v, int offset, Activations to, int token) {
        int columns = to.columns();
        float amax = amax(v, offset, columns);
        if (amax < Activations.TINY) {
            to.clear(token);
            return;
        }
        int low = ExactMath.exponent(amax) - Activations.WINDOW;
        to.exponents()[token] = low - Activations.BITS;
        float[] x = to.x();
        int tile = to.tile();
        float[] block = new float[Activations.BLOCK];
        for (int b = 0; b < columns / Activations.BLOCK; b++) {
            int from = offset + b * Activations.BLOCK;
            float blockMax = blockMax(v, from);
            int e = blockMax == 0f ? low : Math.max(ExactMath.exponent(blockMax), low);
            float scale = ExactMath.powerOfTwo(Activations.BITS - e);
            float unit = ExactMath.powerOfTwo(e - low);
            int at = to.index(b, token);
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int c = 0; c < Activations.BLOCK; c += LANES) {
                FloatVector q = FloatVector.fromArray(FLOATS, v, from + c)
                        .mul(scale)
                        .add(ROUND)
                        .sub(ROUND)
                        .mul(unit);
                sum = sum.add(q);
                q.intoArray(block, c);
            }
            for (int c = 0; c < Activations.BLOCK; c++) {
                x[at + c * tile] = block[c];
            }
            // Multiples of the unit, below 2^24 of them: exact in any order.
            to.sums()[to.sumIndex(b, token)] = sum.reduceLanes(VectorOperators.ADD);
            to.setUnit(b, unit);
        }
        to.finish();
    }

    private static float blockMax(float[] v, int from) {
        FloatVector max = FloatVector.fromArray(FLOATS, v, from).abs();
        for (int i = LANES; i < Activations.BLOCK; i += LANES) {
            max = max.max(FloatVector.fromArray(FLOATS, v, from + i).abs());
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    static void rmsNorm(float[] x, int offset, int n, float[] weight, float eps, float[] to, int toOffset) {
        float amax = amax(x, offset, n);
        if (amax < Activations.TINY) {
            Arrays.fill(to, toOffset, toOffset + n, 0f);
            return;
        }
        int e = ExactMath.exponent(amax);
        double squares = squares(x, offset, n, ExactMath.powerOfTwo(NORM_BITS - e));
        float r = ScalarKernels.inverseRms(squares, e, n, eps);
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i)
                    .mul(r)
                    .mul(FloatVector.fromArray(FLOATS, weight, i))
                    .intoArray(to, toOffset + i);
        }
    }

    // Each square is an integer of at most 36 bits, and their sum is below 2^53: exact in any order.
    private static double squares(float[] x, int offset, int n, float scale) {
        DoubleVector sum = DoubleVector.zero(DOUBLES);
        for (int i = 0; i < n; i += LANES / 2) {
            FloatVector q = FloatVector.fromArray(HALF_FLOATS, x, offset + i)
                    .mul(scale)
                    .add(ROUND)
                    .sub(ROUND);
            DoubleVector d = (DoubleVector) q.convertShape(VectorOperators.F2D, DOUBLES, 0);
            sum = d.mul(d).add(sum);
        }
        double total = 0;
        for (int lane = 0; lane < DOUBLES.length(); lane++) {
            total += sum.lane(lane);
        }
        return total;
    }

    static void add(float[] x, int offset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i)
                    .add(FloatVector.fromArray(FLOATS, y, yOffset + i))
                    .intoArray(x, offset + i);
        }
    }

    static void addWire(float[] x, int offset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i += LANES) {
            IntVector bits = FloatVector.fromArray(FLOATS, x, offset + i)
                    .add(FloatVector.fromArray(FLOATS, y, yOffset + i))
                    .reinterpretAsInts();
            bits.add(0x7FFF)
                    .add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .and(0xFFFF0000)
                    .reinterpretAsFloats()
                    .intoArray(x, offset + i);
        }
    }

    static void gate(float[] g, int gOffset, float[] u, int uOffset, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector value = FloatVector.fromArray(FLOATS, g, gOffset + i);
            FloatVector x = value.neg();
            FloatVector clipped = x.min(88f).max(-86f);
            FloatVector y = clipped.mul(0x1.715476p+0f).add(ROUND).sub(ROUND);
            FloatVector r = clipped.sub(y.mul(0x1.63p-1f)).sub(y.mul(-0x1.bd0106p-13f));
            IntVector power = ((IntVector) y.convertShape(VectorOperators.F2I, INTS, 0))
                    .add(127)
                    .lanewise(VectorOperators.LSHL, 23);
            FloatVector p = r.mul(0x1.10625p-7f).add(0x1.572a64p-5f);
            p = p.mul(r).add(0x1.5557bp-3f);
            p = p.mul(r).add(0x1.fffdfcp-2f);
            p = p.mul(r).add(1f).mul(r).add(1f);
            FloatVector e = p.mul(power.reinterpretAsFloats()).blend(0f, x.lt(-86f));
            value.div(e.add(1f))
                    .mul(FloatVector.fromArray(FLOATS, u, uOffset + i))
                    .intoArray(g, gOffset + i);
        }
    }

    /** {@code x[i] = exp(x[i] - m)} for n values, a multiple of the lanes (rule 10; written out twice, see {@link VectorLinear}). */
    static void expOfDifference(float[] v, int offset, int n, float m) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, v, offset + i).sub(m);
            FloatVector clipped = x.min(88f).max(-86f);
            FloatVector y = clipped.mul(0x1.715476p+0f).add(ROUND).sub(ROUND);
            FloatVector r = clipped.sub(y.mul(0x1.63p-1f)).sub(y.mul(-0x1.bd0106p-13f));
            IntVector power = ((IntVector) y.convertShape(VectorOperators.F2I, INTS, 0))
                    .add(127)
                    .lanewise(VectorOperators.LSHL, 23);
            FloatVector p = r.mul(0x1.10625p-7f).add(0x1.572a64p-5f);
            p = p.mul(r).add(0x1.5557bp-3f);
            p = p.mul(r).add(0x1.fffdfcp-2f);
            p = p.mul(r).add(1f).mul(r).add(1f);
            p.mul(power.reinterpretAsFloats()).blend(0f, x.lt(-86f)).intoArray(v, offset + i);
        }
    }
}
