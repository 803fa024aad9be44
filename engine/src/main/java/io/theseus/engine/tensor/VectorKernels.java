package io.theseus.engine.tensor;

/** The kernels on the Vector API: the bits of {@link ScalarKernels}, many times faster once C2 has compiled them. */
public final class VectorKernels implements Kernels {
    private final Kernels scalar = new ScalarKernels();

    @Override
    public void quantize(float[] v, int offset, Activations to, int token) {
        VectorElementwise.quantize(v, offset, to, token);
    }

    @Override
    public void linear(
            PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch) {
        VectorLinear.linear(w, x, from, to, y, yOffset, yStride, scratch);
    }

    @Override
    public void rmsNorm(float[] x, int offset, int n, float[] weight, float eps, float[] to, int toOffset) {
        // Heads can be narrower than a vector, or no multiple of one; the width of a layer never is.
        if (n % VectorShapes.LANES != 0) {
            scalar.rmsNorm(x, offset, n, weight, eps, to, toOffset);
            return;
        }
        VectorElementwise.rmsNorm(x, offset, n, weight, eps, to, toOffset);
    }

    @Override
    public void add(float[] x, int offset, float[] y, int yOffset, int n) {
        VectorElementwise.add(x, offset, y, yOffset, n);
    }

    @Override
    public void addWire(float[] x, int offset, float[] y, int yOffset, int n) {
        VectorElementwise.addWire(x, offset, y, yOffset, n);
    }

    @Override
    public void gate(float[] g, int gOffset, float[] u, int uOffset, int n) {
        VectorElementwise.gate(g, gOffset, u, uOffset, n);
    }

    @Override
    public void layerNorm(
            float[] x, int offset, int n, float[] weight, float[] bias, float eps, float[] to, int toOffset) {
        if (n % VectorShapes.LANES != 0) {
            scalar.layerNorm(x, offset, n, weight, bias, eps, to, toOffset);
            return;
        }
        VectorEncoder.layerNorm(x, offset, n, weight, bias, eps, to, toOffset);
    }

    @Override
    public void gelu(float[] x, int offset, int n) {
        if (n % VectorShapes.LANES != 0) {
            scalar.gelu(x, offset, n);
            return;
        }
        VectorEncoder.gelu(x, offset, n);
    }

    @Override
    public void attention(AttentionTask task, Scratch scratch) {
        VectorAttention.attention(task, scratch);
    }

    @Override
    public String toString() {
        return "vector-" + VectorShapes.FLOATS.vectorBitSize();
    }
}
