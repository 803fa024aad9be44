package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Runs every vector kernel on small made-up input until C2 has compiled it. Before that a kernel is hundreds of times slower, so the
 * first prompt would take seconds; this takes tenths of one, on another thread, while the weights are being packed.
 */
public final class KernelWarmUp {
    /** A machine so slow or so busy that this does not suffice warms up with the first prompt instead. */
    private static final long BUDGET = TimeUnit.MILLISECONDS.toNanos(1500);

    /** Multiply-adds a second, in billions, that no kernel reaches before it is compiled. */
    private static final double COMPILED = 1.0;

    private static final int ROWS = 64;
    private static final int COLUMNS = 576;
    private static final int TOKENS = 8;
    private static final int HEAD_DIM = 64;

    private final Kernels kernels;
    private final Scratch scratch = new Scratch();
    private final float[] values = new float[TOKENS * COLUMNS];
    private final float[] results = new float[TOKENS * COLUMNS];
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
        long start = System.nanoTime();
        boolean compiled = false;
        while (!compiled && System.nanoTime() - start < BUDGET) {
            for (int i = 0; i < 50; i++) {
                elementwise();
            }
            compiled = linear(four, 1) & linear(four, TOKENS) & linear(eight, 1) & linear(eight, TOKENS);
        }
    }

    private static PackedMatrix matrix(TensorType type) {
        byte[] zeros = new byte[ROWS * COLUMNS / type.blockSize() * type.blockBytes()];
        return PackedMatrix.pack("warm-up", type, MemorySegment.ofArray(zeros), ROWS, COLUMNS, new WorkerPool(1));
    }

    private boolean linear(PackedMatrix matrix, int tokens) {
        Activations x = new Activations(tokens, COLUMNS);
        x.resize(tokens);
        for (int token = 0; token < tokens; token++) {
            kernels.quantize(values, token * COLUMNS, x, token);
        }
        int rounds = 10;
        long start = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            kernels.linear(matrix, x, 0, ROWS, results, 0, ROWS, scratch);
        }
        return (double) rounds * tokens * ROWS * COLUMNS / (System.nanoTime() - start) > COMPILED;
    }

    private void elementwise() {
        kernels.rmsNorm(values, 0, COLUMNS, values, 1e-5f, results, 0);
        kernels.gate(results, 0, values, 0, COLUMNS);
        kernels.add(results, 0, values, 0, COLUMNS);
        kernels.addWire(results, 0, values, 0, COLUMNS);
        for (int tokens = 1; tokens <= TOKENS; tokens += TOKENS - 1) {
            kernels.attention(
                    new AttentionTask(
                            blocks, 0, 0, 3, KvBlock.TOKENS - tokens, tokens, values, 0, 3 * HEAD_DIM, results, 0, 3 * HEAD_DIM),
                    scratch);
        }
    }
}
