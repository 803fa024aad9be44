package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.NativeCalls.call;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.foreign.MemorySegment.ofArray;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The kernels in {@code engine/native}: the bits of {@link ScalarKernels}, by integer multiply-adds that the Vector API lacks, and
 * fast from the first call on, because nothing has to be compiled first.
 */
public final class NativeKernels implements Kernels {
    private final Kernels java = new ScalarKernels();

    /** Whether this machine has the library and can run it. */
    public static boolean available() {
        return NativeCalls.available();
    }

    @Override
    public Activations.Form form() {
        return Activations.Form.PAIRS;
    }

    @Override
    public void quantize(float[] v, int offset, Activations to, int token) {
        call(
                NativeCalls.QUANTIZE,
                new int[] {offset, to.columns(), token, to.padded()},
                ofArray(v),
                ofArray(to.pairs4()),
                ofArray(to.pairs8()),
                ofArray(to.split()),
                ofArray(to.halfSums()),
                ofArray(to.shifts()),
                ofArray(to.exponents()),
                MemorySegment.NULL,
                MemorySegment.NULL);
    }

    @Override
    public void linear(
            PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch) {
        call(
                NativeCalls.LINEAR,
                new int[] {
                    w.rows(),
                    w.columns(),
                    w.codeBits(),
                    w.scaleBlock(),
                    w.hasMinimum() ? 1 : 0,
                    x.tokens(),
                    x.padded(),
                    from,
                    to,
                    yOffset,
                    yStride
                },
                ofArray(w.words()),
                ofArray(w.kw()),
                ofArray(w.km()),
                ofArray(w.rowScale()),
                codes(w, x),
                ofArray(x.halfSums()),
                ofArray(x.shifts()),
                ofArray(x.exponents()),
                ofArray(y));
    }

    /** The integers of {@code x} in the form that meets the codes of {@code w}. */
    private static MemorySegment codes(PackedMatrix w, Activations x) {
        if (w.codeBits() == 8) {
            return ofArray(x.pairs8());
        }
        return x.tokens() == 1 ? ofArray(x.split()) : ofArray(x.pairs4());
    }

    @Override
    public void rmsNorm(float[] x, int offset, int n, float[] weight, float eps, float[] to, int toOffset) {
        call(
                NativeCalls.RMS_NORM,
                new int[] {offset, n, floatToRawIntBits(eps), toOffset},
                ofArray(x),
                ofArray(weight),
                ofArray(to),
                MemorySegment.NULL);
    }

    @Override
    public void add(float[] x, int offset, float[] y, int yOffset, int n) {
        call(NativeCalls.ADD, new int[] {offset, yOffset, n}, ofArray(x), ofArray(y));
    }

    @Override
    public void addWire(float[] x, int offset, float[] y, int yOffset, int n) {
        call(NativeCalls.ADD_WIRE, new int[] {offset, yOffset, n}, ofArray(x), ofArray(y));
    }

    @Override
    public void gate(float[] g, int gOffset, float[] u, int uOffset, int n) {
        call(NativeCalls.GATE, new int[] {gOffset, uOffset, n}, ofArray(g), ofArray(u));
    }

    @Override
    public void rotate(float[] v, int offset, int heads, int d, float @Nullable [] norm, float eps, RotaryRow row) {
        call(
                NativeCalls.ROTATE,
                new int[] {
                    offset,
                    heads,
                    d,
                    norm == null ? 0 : 1,
                    floatToRawIntBits(eps),
                    row.offset(),
                    row.pairs(),
                    row.neighbours() ? 1 : 0
                },
                ofArray(v),
                norm == null ? MemorySegment.NULL : ofArray(norm),
                ofArray(row.cosines()),
                ofArray(row.sines()));
    }

    @Override
    public void store(KvBlock block, int layer, int position, float[] keys, float[] values, int offset) {
        KvBlock.Shape shape = block.shape();
        call(
                NativeCalls.STORE,
                new int[] {
                    offset,
                    shape.kvHeads(),
                    shape.headDim(),
                    position,
                    block.kIndex(layer, 0),
                    block.vIndex(layer, 0),
                    shape.vStride(),
                    block.scaleIndex(layer, 0)
                },
                ofArray(keys),
                ofArray(values),
                ofArray(block.k()),
                ofArray(block.v()),
                ofArray(block.kScale()),
                ofArray(block.vScale()));
    }

    @Override
    public void layerNorm(
            float[] x, int offset, int n, float[] weight, float[] bias, float eps, float[] to, int toOffset) {
        call(
                NativeCalls.LAYER_NORM,
                new int[] {offset, n, floatToRawIntBits(eps), toOffset},
                ofArray(x),
                ofArray(weight),
                ofArray(bias),
                ofArray(to));
    }

    @Override
    public void gelu(float[] x, int offset, int n) {
        call(NativeCalls.GELU, new int[] {offset, n}, ofArray(x), MemorySegment.NULL);
    }

    @Override
    public void attention(AttentionTask task, Scratch scratch) {
        if (task.headDim() % 2 != 0 || task.headDim() > NativeAttention.MAX_HEAD) {
            java.attention(task, scratch);
            return;
        }
        new NativeAttention(task, scratch).run();
    }

    @Override
    public String toString() {
        return "native-avx2";
    }
}
