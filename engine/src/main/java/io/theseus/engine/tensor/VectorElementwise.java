package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_FLOATS;
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

    /** Turns the bits of n + {@link VectorShapes#ROUND} into the exponent field of 2^n. */
    private static final int POWER_BIAS = 127 - Float.floatToRawIntBits(ROUND);

    private VectorElementwise() {}

    /** Largest magnitude of n values, n a multiple of {@link VectorShapes#LANES}. */
    static float amax(float[] v, int offset, int n) {
        float amax = largestMagnitude(v, offset, n);
        if (!(amax <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        return amax;
    }

    /** As {@link #amax}, where NaN and infinity are looked for elsewhere. */
    static float largestMagnitude(float[] v, int offset, int n) {
        FloatVector max = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += LANES) {
            max = max.max(FloatVector.fromArray(FLOATS, v, offset + i).abs());
        }
        return max.reduceLanes(VectorOperators.MAX);
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
        float[] block = new float[Activations.BLOCK];
        for (int b = 0; b < columns / Activations.BLOCK; b++) {
            int from = offset + b * Activations.BLOCK;
            float blockMax = largestMagnitude(v, from, Activations.BLOCK);
            int e = blockMax == 0f ? low : Math.max(ExactMath.exponent(blockMax), low);
            float scale = ExactMath.powerOfTwo(Activations.BITS - e);
            float unit = ExactMath.powerOfTwo(e - low);
            to.setShift(b, token, e - low);
            to.sums()[to.sumIndex(b, token)] = round(v, from, scale, unit, block);
            if (to.tile() == 1) {
                System.arraycopy(block, 0, to.x(), b * Activations.BLOCK, Activations.BLOCK);
                integers(v, from, scale, to.row().values(), b * Activations.BLOCK + 1);
            } else {
                scatter(block, to.x(), to.index(b, token));
            }
        }
        if (to.tile() == 1) {
            to.row().finish();
        }
    }

    private static void scatter(float[] block, float[] x, int at) {
        for (int c = 0; c < Activations.BLOCK; c++) {
            x[at + c * Activations.TILE] = block[c];
        }
    }

    /** Rounds a block to multiples of {@code unit} and returns their sum: below 2^24 units, so exact in any order. */
    private static float round(float[] v, int from, float scale, float unit, float[] block) {
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
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** The same integers without their unit: the low bits of a float to which {@link VectorShapes#ROUND} was added. */
    private static void integers(float[] v, int from, float scale, int[] to, int at) {
        int bias = Float.floatToRawIntBits(ROUND);
        for (int c = 0; c < Activations.BLOCK; c += LANES) {
            FloatVector.fromArray(FLOATS, v, from + c)
                    .mul(scale)
                    .add(ROUND)
                    .reinterpretAsInts()
                    .sub(bias)
                    .intoArray(to, at + c);
        }
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
            FloatVector clipped = x.blend(88f, x.compare(VectorOperators.GT, 88f));
            FloatVector rounded = clipped.mul(0x1.715476p+0f).add(ROUND);
            FloatVector y = rounded.sub(ROUND);
            FloatVector r = clipped.sub(y.mul(0x1.63p-1f)).sub(y.mul(-0x1.bd0106p-13f));
            IntVector power = rounded.reinterpretAsInts().add(POWER_BIAS).lanewise(VectorOperators.LSHL, 23);
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
            FloatVector clipped = x.blend(88f, x.compare(VectorOperators.GT, 88f));
            FloatVector rounded = clipped.mul(0x1.715476p+0f).add(ROUND);
            FloatVector y = rounded.sub(ROUND);
            FloatVector r = clipped.sub(y.mul(0x1.63p-1f)).sub(y.mul(-0x1.bd0106p-13f));
            IntVector power = rounded.reinterpretAsInts().add(POWER_BIAS).lanewise(VectorOperators.LSHL, 23);
            FloatVector p = r.mul(0x1.10625p-7f).add(0x1.572a64p-5f);
            p = p.mul(r).add(0x1.5557bp-3f);
            p = p.mul(r).add(0x1.fffdfcp-2f);
            p = p.mul(r).add(1f).mul(r).add(1f);
            p.mul(power.reinterpretAsFloats()).blend(0f, x.lt(-86f)).intoArray(v, offset + i);
        }
    }
}
