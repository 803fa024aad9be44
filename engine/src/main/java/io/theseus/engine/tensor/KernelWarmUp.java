package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Runs every vector kernel on small made-up input until C2 has compiled it. Before that a kernel is hundreds of times slower, so the
 * first prompt would take seconds; this takes tenths of one, on another thread, while the weights are being packed.
 */
public final class KernelWarmUp {
    /*
     * The shapes are tiny on purpose, and a round runs each kernel once. A method with long loops is compiled twice, first in the
     * middle of a loop (OSR) and then whole; one that is called often with short loops only once. And every operation that still runs
     * outside compiled kernels heats the Vector API's own wrappers until C2, which has one thread on a small machine, compiles those
     * by the hundred instead.
     */
    /** A machine so slow or so busy that this does not suffice warms up with the first prompt instead. */
    private static final long BUDGET = TimeUnit.MILLISECONDS.toNanos(800);

    /** Multiply-adds a second, in billions, that no kernel reaches before it is compiled. */
    private static final double COMPILED = 0.5;

    private static final int ROWS = Kernels.ROW_UNIT;
    private static final int COLUMNS = 64;
    private static final int TOKENS = 8;
    private static final int HEAD_DIM = 64;
    /** Fast rounds in a row that are no accident. */
    private static final int CONFIRMED = 5;

    private final Kernels kernels;
    private final Scratch scratch = new Scratch();
    private final float[] values = new float[TOKENS * 3 * COLUMNS];
    private final float[] results = new float[TOKENS * 3 * COLUMNS];
    private final KvBlock[] blocks = {new KvBlock(new KvBlock.Shape(1, 1, HEAD_DIM))};

    private KernelWarmUp(Kernels kernels) {
        this.kernels = kernels;
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 - 3;
        }
        for (int position = 0; position < KvBlock.TOKENS; position++) {
            blocks[0].store(0, 0, position, values, position, values, position);
        }
    }

    /** Starts warming {@code kernels}; the thread ends by itself, at once for the scalar ones, which need no warming. */
    public static Thread start(Kernels kernels) {
        if (!(kernels instanceof VectorKernels)) {
            return Thread.ofPlatform().unstarted(() -> {});
        }
        return Thread.ofPlatform().name("theseus-warm-up").daemon().start(() -> new KernelWarmUp(kernels).run());
    }

    private void run() {
        PackedMatrix four = matrix(TensorType.Q4_1);
        PackedMatrix eight = matrix(TensorType.Q8_0);
        Activations one = new Activations(1, COLUMNS, kernels.form());
        Activations many = new Activations(TOKENS, COLUMNS, kernels.form());
        long start = System.nanoTime();
        for (int fast = 0; fast < CONFIRMED && System.nanoTime() - start < BUDGET; ) {
            elementwise(one, many);
            boolean compiled = linear(four, many) & linear(eight, one) & linear(four, one) & linear(eight, many);
            fast = compiled ? fast + 1 : 0;
        }
    }

    private static PackedMatrix matrix(TensorType type) {
        byte[] zeros = new byte[ROWS * COLUMNS / type.blockSize() * type.blockBytes()];
        return PackedMatrix.pack("warm-up", type, MemorySegment.ofArray(zeros), ROWS, COLUMNS, new WorkerPool(1));
    }

    private boolean linear(PackedMatrix matrix, Activations x) {
        long start = System.nanoTime();
        kernels.linear(matrix, x, 0, ROWS, results, 0, ROWS, scratch);
        return (double) x.tokens() * ROWS * COLUMNS / (System.nanoTime() - start) > COMPILED;
    }

    private void elementwise(Activations one, Activations many) {
        one.resize(1);
        many.resize(TOKENS);
        kernels.quantize(values, 0, one, 0);
        for (int token = 0; token < TOKENS; token++) {
            kernels.quantize(values, token * COLUMNS, many, token);
            kernels.rmsNorm(values, 0, COLUMNS, values, 1e-5f, results, 0);
            kernels.gate(results, 0, values, 0, COLUMNS);
            kernels.add(results, 0, values, 0, COLUMNS);
            kernels.addWire(results, 0, values, 0, COLUMNS);
        }
        // Few positions and queries: before it is compiled, attention costs more than all the rest.
        for (int tokens = 1; tokens <= 2; tokens++) {
            kernels.attention(
                    new AttentionTask(
                            blocks, 0, 0, 3, 32 - tokens, tokens, values, 0, 3 * HEAD_DIM, results, 0, 3 * HEAD_DIM),
                    scratch);
        }
    }
}
