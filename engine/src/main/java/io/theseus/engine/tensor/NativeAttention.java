package io.theseus.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Rule 9 by the native library: scores block by block, weights, then weighted sums of V block by block. */
final class NativeAttention {
    /** Widest head that the library has room for. */
    static final int MAX_HEAD = 512;

    /** Channels that are summed at once. */
    private static final int LANES = 16;

    private final AttentionTask task;
    private final int d;
    private final int queries; // tokens * groupSize
    private final int positions; // that the last token sees
    private final int stride; // positions rounded up to whole blocks of state
    private final int width; // channels rounded up to whole lanes
    private final short[] integers; // [query][channel]
    private final float[] queryScales; // [query]
    private final float[] scores; // [query][stride]
    private final float[] valueScales; // [stride]
    private final short[] weights; // [query][stride]
    private final byte[] shifts; // [query][stride / 32]
    private final double[] factors; // [query]
    private final long[] totals; // [query][width]

    NativeAttention(AttentionTask task, Scratch scratch) {
        this.task = task;
        d = task.headDim();
        queries = task.tokens() * task.groupSize();
        positions = task.firstPosition() + task.tokens();
        stride = (positions + KvBlock.TOKENS - 1) / KvBlock.TOKENS * KvBlock.TOKENS;
        width = (d + LANES - 1) / LANES * LANES;
        integers = scratch.integerQueries(queries * d);
        queryScales = scratch.scales(queries);
        scores = scratch.scores(queries * stride);
        valueScales = scratch.sums(stride);
        weights = scratch.integerWeights(queries * stride);
        shifts = scratch.shifts(queries * (stride / Activations.BLOCK));
        factors = scratch.totals(queries);
        totals = scratch.sumsOfValues(queries * width);
    }

    void run() {
        try {
            NativeKernels.check((int) NativeCalls.QUERIES.invokeExact(
                    MemorySegment.ofArray(task.q()),
                    task.qOffset(),
                    task.qStride(),
                    task.tokens(),
                    task.groupSize(),
                    d,
                    (float) ExactMath.queryRange(d),
                    AttentionTask.queryFactor(d),
                    MemorySegment.ofArray(integers),
                    MemorySegment.ofArray(queryScales)));
            for (int block = 0; block < stride / KvBlock.TOKENS; block++) {
                score(task.blocks()[block], block * KvBlock.TOKENS);
            }
            NativeKernels.check((int) NativeCalls.WEIGHTS.invokeExact(
                    MemorySegment.ofArray(scores),
                    stride,
                    task.tokens(),
                    task.groupSize(),
                    task.firstPosition() + 1,
                    MemorySegment.ofArray(valueScales),
                    MemorySegment.ofArray(weights),
                    MemorySegment.ofArray(shifts),
                    MemorySegment.ofArray(factors)));
            Arrays.fill(totals, 0, queries * width, 0);
            for (int block = 0; block < stride / KvBlock.TOKENS; block++) {
                addValues(task.blocks()[block], block * KvBlock.TOKENS);
            }
            NativeCalls.ATTENDED.invokeExact(
                    MemorySegment.ofArray(totals),
                    width,
                    MemorySegment.ofArray(factors),
                    task.tokens(),
                    task.groupSize(),
                    d,
                    MemorySegment.ofArray(task.out()),
                    task.outOffset(),
                    task.outStride());
        } catch (NonFiniteValueException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeKernels.broken(e);
        }
    }

    private void score(KvBlock block, int first) throws Throwable {
        NativeCalls.SCORES.invokeExact(
                MemorySegment.ofArray(block.k()),
                block.kIndex(task.layer(), task.kvHead()),
                MemorySegment.ofArray(block.kScale()),
                MemorySegment.ofArray(block.vScale()),
                block.scaleIndex(task.layer(), task.kvHead()),
                d,
                MemorySegment.ofArray(integers),
                MemorySegment.ofArray(queryScales),
                queries,
                MemorySegment.ofArray(scores),
                MemorySegment.ofArray(valueScales),
                stride,
                first);
    }

    private void addValues(KvBlock block, int first) throws Throwable {
        NativeCalls.VALUES.invokeExact(
                MemorySegment.ofArray(block.v()),
                block.vIndex(task.layer(), task.kvHead()),
                block.shape().vStride(),
                MemorySegment.ofArray(weights),
                MemorySegment.ofArray(shifts),
                stride,
                first,
                queries,
                MemorySegment.ofArray(totals),
                width);
    }
}
