package io.theseus.engine.tensor;

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
        int status;
        try {
            status = (int) NativeCalls.QUANTIZE.invokeExact(
                    MemorySegment.ofArray(v),
                    offset,
                    to.columns(),
                    MemorySegment.ofArray(to.pairs4()),
                    MemorySegment.ofArray(to.pairs8()),
                    MemorySegment.ofArray(to.halfSums()),
                    MemorySegment.ofArray(to.shifts()),
                    MemorySegment.ofArray(to.exponents()),
                    token,
                    to.padded());
        } catch (Throwable e) {
            throw broken(e);
        }
        check(status);
    }

    @Override
    public void linear(
            PackedMatrix w, Activations x, int from, int to, float[] y, int yOffset, int yStride, Scratch scratch) {
        try {
            NativeCalls.LINEAR.invokeExact(
                    MemorySegment.ofArray(w.words()),
                    MemorySegment.ofArray(w.kw()),
                    MemorySegment.ofArray(w.km()),
                    MemorySegment.ofArray(w.rowScale()),
                    w.rows(),
                    w.columns(),
                    w.codeBits(),
                    w.scaleBlock(),
                    w.hasMinimum() ? 1 : 0,
                    MemorySegment.ofArray(w.codeBits() == 4 ? x.pairs4() : x.pairs8()),
                    MemorySegment.ofArray(x.halfSums()),
                    MemorySegment.ofArray(x.shifts()),
                    MemorySegment.ofArray(x.exponents()),
                    x.tokens(),
                    x.padded(),
                    from,
                    to,
                    MemorySegment.ofArray(y),
                    yOffset,
                    yStride);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void rmsNorm(float[] x, int offset, int n, float[] weight, float eps, float[] to, int toOffset) {
        int status;
        try {
            status = (int) NativeCalls.RMS_NORM.invokeExact(
                    MemorySegment.ofArray(x),
                    offset,
                    n,
                    MemorySegment.ofArray(weight),
                    eps,
                    MemorySegment.ofArray(to),
                    toOffset);
        } catch (Throwable e) {
            throw broken(e);
        }
        check(status);
    }

    @Override
    public void add(float[] x, int offset, float[] y, int yOffset, int n) {
        try {
            NativeCalls.ADD.invokeExact(MemorySegment.ofArray(x), offset, MemorySegment.ofArray(y), yOffset, n);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void addWire(float[] x, int offset, float[] y, int yOffset, int n) {
        try {
            NativeCalls.ADD_WIRE.invokeExact(MemorySegment.ofArray(x), offset, MemorySegment.ofArray(y), yOffset, n);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void gate(float[] g, int gOffset, float[] u, int uOffset, int n) {
        try {
            NativeCalls.GATE.invokeExact(MemorySegment.ofArray(g), gOffset, MemorySegment.ofArray(u), uOffset, n);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void rotate(float[] v, int offset, int heads, int d, float @Nullable [] norm, float eps, RotaryRow row) {
        int status;
        try {
            status = (int) NativeCalls.ROTATE.invokeExact(
                    MemorySegment.ofArray(v),
                    offset,
                    heads,
                    d,
                    MemorySegment.ofArray(norm == null ? row.cosines() : norm),
                    norm == null ? 0 : 1,
                    eps,
                    MemorySegment.ofArray(row.cosines()),
                    MemorySegment.ofArray(row.sines()),
                    row.offset(),
                    row.pairs(),
                    row.neighbours() ? 1 : 0);
        } catch (Throwable e) {
            throw broken(e);
        }
        check(status);
    }

    @Override
    public void store(KvBlock block, int layer, int position, float[] keys, float[] values, int offset) {
        KvBlock.Shape shape = block.shape();
        int status;
        try {
            status = (int) NativeCalls.STORE.invokeExact(
                    MemorySegment.ofArray(keys),
                    MemorySegment.ofArray(values),
                    offset,
                    shape.kvHeads(),
                    shape.headDim(),
                    position,
                    MemorySegment.ofArray(block.k()),
                    block.kIndex(layer, 0),
                    MemorySegment.ofArray(block.v()),
                    block.vIndex(layer, 0),
                    shape.vStride(),
                    MemorySegment.ofArray(block.kScale()),
                    MemorySegment.ofArray(block.vScale()),
                    block.scaleIndex(layer, 0));
        } catch (Throwable e) {
            throw broken(e);
        }
        check(status);
    }

    @Override
    public void attention(AttentionTask task, Scratch scratch) {
        if (task.headDim() % 2 != 0 || task.headDim() > NativeAttention.MAX_HEAD) {
            java.attention(task, scratch);
            return;
        }
        new NativeAttention(task, scratch).run();
    }

    static void check(int status) {
        if (status != 0) {
            throw new NonFiniteValueException();
        }
    }

    /** What a downcall throws is a defect of the call itself: the functions do not throw. */
    static Error broken(Throwable e) {
        return e instanceof Error error ? error : new AssertionError("a native kernel was called wrongly", e);
    }

    @Override
    public String toString() {
        return "native-avx2";
    }
}
