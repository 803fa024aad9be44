package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.NativeCalls.call;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.foreign.MemorySegment.ofArray;

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
        call(
                NativeCalls.QUERIES,
                new int[] {
                    task.qOffset(),
                    task.qStride(),
                    task.tokens(),
                    task.groupSize(),
                    d,
                    floatToRawIntBits((float) ExactMath.queryRange(d)),
                    floatToRawIntBits(AttentionTask.queryFactor(d))
                },
                ofArray(task.q()),
                ofArray(integers),
                ofArray(queryScales),
                MemorySegment.NULL);
        for (int block = 0; block < stride / KvBlock.TOKENS; block++) {
            score(task.blocks()[block], block * KvBlock.TOKENS);
        }
        call(
                NativeCalls.WEIGHTS,
                new int[] {stride, task.tokens(), task.groupSize(), task.firstPosition() + 1},
                ofArray(scores),
                ofArray(valueScales),
                ofArray(weights),
                ofArray(shifts),
                ofArray(factors),
                MemorySegment.NULL);
        Arrays.fill(totals, 0, queries * width, 0);
        for (int block = 0; block < stride / KvBlock.TOKENS; block++) {
            addValues(task.blocks()[block], block * KvBlock.TOKENS);
        }
        call(
                NativeCalls.ATTENDED,
                new int[] {width, task.tokens(), task.groupSize(), d, task.outOffset(), task.outStride()},
                ofArray(totals),
                ofArray(factors),
                ofArray(task.out()),
                MemorySegment.NULL);
    }

    private void score(KvBlock block, int first) {
        int k = block.kIndex(task.layer(), task.kvHead());
        int scales = block.scaleIndex(task.layer(), task.kvHead());
        call(
                NativeCalls.SCORES,
                new int[] {k, scales, d, queries, stride, first},
                ofArray(block.k()),
                ofArray(block.kScale()),
                ofArray(block.vScale()),
                ofArray(integers),
                ofArray(queryScales),
                ofArray(scores),
                ofArray(valueScales),
                MemorySegment.NULL,
                MemorySegment.NULL);
    }

    private void addValues(KvBlock block, int first) {
        int v = block.vIndex(task.layer(), task.kvHead());
        call(
                NativeCalls.VALUES,
                new int[] {v, block.shape().vStride(), stride, first, queries, width},
                ofArray(block.v()),
                ofArray(weights),
                ofArray(shifts),
                ofArray(totals));
    }
}
