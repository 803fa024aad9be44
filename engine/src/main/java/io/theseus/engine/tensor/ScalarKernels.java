package io.theseus.engine.tensor;

import java.util.Arrays;

/** The definition of each kernel in plain Java, one rule of docs/numerics.md after the other, on integers where the rule says so. */
public final class ScalarKernels implements Kernels {
    private static final int NORM_BITS = 18;
    private static final int WEIGHT_WINDOW = 16;

    @Override
    public void quantize(float[] v, int offset, Activations to, int token) {
        int columns = to.columns();
        float amax = amax(v, offset, columns);
        if (amax < Activations.TINY) {
            to.clear(token);
            return;
        }
        int low = ExactMath.exponent(amax) - Activations.WINDOW;
        to.exponents()[token] = low - Activations.BITS;
        for (int b = 0; b < columns / Activations.BLOCK; b++) {
            int from = offset + b * Activations.BLOCK;
            float blockMax = amax(v, from, Activations.BLOCK);
            int e = blockMax == 0f ? low : Math.max(ExactMath.exponent(blockMax), low);
            int shift = e - low;
            long sum = 0;
            int at = to.index(b, token);
            for (int c = 0; c < Activations.BLOCK; c++) {
                long integer = (long) Math.rint(Math.scalb((double) v[from + c], Activations.BITS - e));
                long x = integer << shift;
                sum += x;
                if (to.tile() == 1) {
                    to.row().values()[b * Activations.BLOCK + c + 1] = (int) integer;
                }
                to.x()[at + c * to.tile()] = x;
            }
            to.sums()[to.sumIndex(b, token)] = sum;
            to.setShift(b, token, shift);
        }
        if (to.tile() == 1) {
            to.row().finish();
        }
    }

    private static float amax(float[] v, int offset, int n) {
        float amax = 0f;
        for (int i = offset; i < offset + n; i++) {
            amax = Math.max(amax, Math.abs(v[i]));
        }
        if (!(amax <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        return amax;
    }

    @Override
    public void linear(
            PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch) {
        int columns = w.columns();
        int[] q = new int[columns];
        int[] integers = new int[x.tokens() * columns]; // (tokens, columns): x of rule 2
        for (int token = 0; token < x.tokens(); token++) {
            for (int c = 0; c < columns; c++) {
                integers[token * columns + c] = (int) (x.value(token, c) >> x.shift(c / Activations.BLOCK, token));
            }
        }
        int width = w.scaleBlock();
        for (int row = from; row < Math.min(to, w.rows()); row++) {
            w.codes(row, q);
            for (int token = 0; token < x.tokens(); token++) {
                long sum = 0;
                for (int b = 0; b < w.scaleBlocks(); b++) {
                    int block = b * width / Activations.BLOCK;
                    long term =
                            (long) w.kw(row, b) * product(q, b * width, integers, token * columns + b * width, width);
                    if (w.hasMinimum()) {
                        term += (long) w.km(row, b) * plainSum(integers, token * columns + b * width, width);
                    }
                    sum += term << x.shift(block, token);
                }
                double power = ExactMath.doublePowerOfTwo(x.exponents()[token]);
                y[yOffset + token * yStride + row] = (float) ((double) sum * ((double) w.rowScale()[row] * power));
            }
        }
    }

    // |q| <= 128, |x| <= 4096, at most 32 of them: below 2^25.
    private static int product(int[] q, int qAt, int[] x, int xAt, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += q[qAt + i] * x[xAt + i];
        }
        return sum;
    }

    private static int plainSum(int[] x, int at, int n) {
        int sum = 0;
        for (int i = at; i < at + n; i++) {
            sum += x[i];
        }
        return sum;
    }

    @Override
    public void rmsNorm(float[] x, int offset, int n, float[] weight, float eps, float[] to, int toOffset) {
        float amax = amax(x, offset, n);
        if (amax < Activations.TINY) {
            Arrays.fill(to, toOffset, toOffset + n, 0f);
            return;
        }
        int e = ExactMath.exponent(amax);
        long squares = 0;
        for (int i = 0; i < n; i++) {
            long q = (long) Math.rint(Math.scalb((double) x[offset + i], NORM_BITS - e));
            squares += q * q;
        }
        float r = inverseRms(squares, e, n, eps);
        for (int i = 0; i < n; i++) {
            to[toOffset + i] = (x[offset + i] * r) * weight[i];
        }
    }

    /** 1 / sqrt(mean square + eps) of rule 5, from the sum of squares of the 18-bit integers. */
    static float inverseRms(double squares, int e, int n, float eps) {
        double meanSquare = squares * ExactMath.doublePowerOfTwo(2 * (e - NORM_BITS)) / (double) n;
        return (float) (1.0 / Math.sqrt(meanSquare + (double) eps));
    }

    @Override
    public void add(float[] x, int offset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            x[offset + i] = x[offset + i] + y[yOffset + i];
        }
    }

    @Override
    public void addWire(float[] x, int offset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            x[offset + i] = ExactMath.wire(x[offset + i] + y[yOffset + i]);
        }
    }

    @Override
    public void gate(float[] g, int gOffset, float[] u, int uOffset, int n) {
        for (int i = 0; i < n; i++) {
            g[gOffset + i] = ExactMath.gate(g[gOffset + i], u[uOffset + i]);
        }
    }

    @Override
    public void attention(AttentionTask task, Scratch scratch) {
        int d = task.headDim();
        for (int token = 0; token < task.tokens(); token++) {
            for (int head = 0; head < task.groupSize(); head++) {
                attend(
                        task,
                        task.firstPosition() + token + 1,
                        task.qOffset() + token * task.qStride() + head * d,
                        task.outOffset() + token * task.outStride() + head * d,
                        scratch);
            }
        }
    }

    private static void attend(AttentionTask task, int n, int q, int out, Scratch scratch) {
        int d = task.headDim();
        float[] query = scratch.queries(d);
        float queryScale = quantizeQuery(task.q(), q, d, query) * AttentionTask.queryFactor(d);
        float[] w = scratch.scores(n);
        float m = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            KvBlock block = task.blocks()[j / KvBlock.TOKENS];
            int position = j % KvBlock.TOKENS;
            long dot = 0;
            for (int c = 0; c < d; c++) {
                dot += (long) query[c]
                        * block.k()[block.kIndex(task.layer(), task.kvHead()) + c * KvBlock.TOKENS + position];
            }
            w[j] = ((float) dot * queryScale)
                    * block.kScale()[block.scaleIndex(task.layer(), task.kvHead()) + position];
            m = Math.max(m, w[j]);
        }
        if (!(Math.abs(m) <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        long denominator = 0;
        float top = 0f;
        for (int j = 0; j < n; j++) {
            KvBlock block = task.blocks()[j / KvBlock.TOKENS];
            float p = ExactMath.exp(w[j] - m);
            denominator += (long) Math.rint((double) (p * 0x1p30f));
            w[j] = p * block.vScale()[block.scaleIndex(task.layer(), task.kvHead()) + j % KvBlock.TOKENS];
            top = Math.max(top, w[j]);
        }
        if (top < Activations.TINY) {
            Arrays.fill(task.out(), out, out + d, 0f);
            return;
        }
        int low = ExactMath.exponent(top) - WEIGHT_WINDOW;
        long[] sums = new long[d];
        for (int from = 0; from < n; from += Activations.BLOCK) {
            int to = Math.min(n, from + Activations.BLOCK);
            float blockMax = amax(w, from, to - from);
            int e = blockMax == 0f ? low : Math.max(ExactMath.exponent(blockMax), low);
            for (int j = from; j < to; j++) {
                long u = (long) Math.rint(Math.scalb((double) w[j], Activations.BITS - e));
                KvBlock block = task.blocks()[j / KvBlock.TOKENS];
                int v = block.vIndex(task.layer(), task.kvHead())
                        + j % KvBlock.TOKENS * block.shape().vStride();
                for (int c = 0; c < d; c++) {
                    sums[c] += u * block.v()[v + c] << (e - low);
                }
            }
        }
        double factor = outputFactor(low, denominator);
        for (int c = 0; c < d; c++) {
            task.out()[out + c] = (float) ((double) sums[c] * factor);
        }
    }

    /** 2^(low + 18) / denominator of rule 9. */
    static double outputFactor(int low, double denominator) {
        return ExactMath.doublePowerOfTwo(low - Activations.BITS + 30) / denominator;
    }

    /** Exponent window of the attention weights: blocks more than 2^16 below the largest weight share its lowest exponent. */
    static int weightLow(float top) {
        return ExactMath.exponent(top) - WEIGHT_WINDOW;
    }

    /** Rule 8 for a query: integers into {@code to}, the scale returned (0 for the zero vector). */
    static float quantizeQuery(float[] v, int offset, int d, float[] to) {
        float amax = amax(v, offset, d);
        if (amax < Activations.TINY) {
            Arrays.fill(to, 0, d, 0f);
            return 0f;
        }
        float range = ExactMath.queryRange(d);
        float scale = amax / range;
        float inverse = 1f / scale;
        for (int i = 0; i < d; i++) {
            to[i] = Math.clamp((float) Math.rint(v[offset + i] * inverse), -range, range);
        }
        return scale;
    }

    @Override
    public String toString() {
        return "scalar";
    }
}
