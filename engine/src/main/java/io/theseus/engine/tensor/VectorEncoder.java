package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_FLOATS;
import static io.theseus.engine.tensor.VectorShapes.LANES;
import static io.theseus.engine.tensor.VectorShapes.ROUND;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link EncoderMath} on vectors; n is a multiple of {@link VectorShapes#LANES}. */
final class VectorEncoder {
    private static final int NORM_BITS = 18;
    private static final int POWER_BIAS = 127 - Float.floatToRawIntBits(ROUND);

    private VectorEncoder() {}

    static void layerNorm(
            float[] x, int offset, int n, float[] weight, float[] bias, float eps, float[] to, int toOffset) {
        float amax = VectorElementwise.amax(x, offset, n);
        if (amax < Activations.TINY) {
            System.arraycopy(bias, 0, to, toOffset, n);
            return;
        }
        int e = ExactMath.exponent(amax);
        float scale = ExactMath.powerOfTwo(NORM_BITS - e);
        // Sums of integers of 18 bits, and of their squares of 36: doubles hold both exactly.
        DoubleVector sums = DoubleVector.zero(DOUBLES);
        DoubleVector squares = DoubleVector.zero(DOUBLES);
        for (int i = 0; i < n; i += LANES / 2) {
            FloatVector q = FloatVector.fromArray(HALF_FLOATS, x, offset + i)
                    .mul(scale)
                    .add(ROUND)
                    .sub(ROUND);
            DoubleVector d = (DoubleVector) q.convertShape(VectorOperators.F2D, DOUBLES, 0);
            sums = sums.add(d);
            squares = d.mul(d).add(squares);
        }
        double sum = 0;
        double square = 0;
        for (int lane = 0; lane < DOUBLES.length(); lane++) {
            sum += sums.lane(lane);
            square += squares.lane(lane);
        }
        float mean = EncoderMath.mean((long) sum, e, n);
        float r = EncoderMath.inverseDeviation((long) sum, (long) square, e, n, eps);
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i)
                    .sub(mean)
                    .mul(r)
                    .mul(FloatVector.fromArray(FLOATS, weight, i))
                    .add(FloatVector.fromArray(FLOATS, bias, i))
                    .intoArray(to, toOffset + i);
        }
    }

    /** Rule 14; exp as in {@link VectorElementwise#gate}, whose argument here is never positive. */
    static void gelu(float[] v, int offset, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, v, offset + i);
            FloatVector t = FloatVector.broadcast(FLOATS, 1f)
                    .div(x.abs().mul(EncoderMath.T_SLOPE).add(1f));
            FloatVector poly = t.mul(EncoderMath.A5).add(EncoderMath.A4);
            poly = poly.mul(t).add(EncoderMath.A3);
            poly = poly.mul(t).add(EncoderMath.A2);
            poly = poly.mul(t).add(EncoderMath.A1).mul(t);
            FloatVector power = x.mul(x).mul(-0.5f);
            FloatVector rounded = power.mul(0x1.715476p+0f).add(ROUND);
            FloatVector y = rounded.sub(ROUND);
            FloatVector r = power.sub(y.mul(0x1.63p-1f)).sub(y.mul(-0x1.bd0106p-13f));
            IntVector two = rounded.reinterpretAsInts().add(POWER_BIAS).lanewise(VectorOperators.LSHL, 23);
            FloatVector p = r.mul(0x1.10625p-7f).add(0x1.572a64p-5f);
            p = p.mul(r).add(0x1.5557bp-3f);
            p = p.mul(r).add(0x1.fffdfcp-2f);
            p = p.mul(r).add(1f).mul(r).add(1f);
            FloatVector exp = p.mul(two.reinterpretAsFloats()).blend(0f, power.lt(-86f));
            FloatVector tail = poly.mul(exp);
            FloatVector one = FloatVector.broadcast(FLOATS, 1f);
            x.mul(one.sub(tail).blend(tail, x.lt(0f))).intoArray(v, offset + i);
        }
    }
}
