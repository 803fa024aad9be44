package io.theseus.engine.tensor;

/**
 * Attention of the query heads that share one kv head, for some consecutive tokens of one sequence.
 *
 * @param blocks the sequence's KV state; holds at least {@code firstPosition + tokens} positions
 * @param layer which layer's state
 * @param kvHead which kv head
 * @param groupSize query heads per kv head
 * @param firstPosition of the first token
 * @param tokens how many tokens
 * @param q rotated queries: q[qOffset + token * qStride + head in group * headDim + channel]
 * @param out as q
 */
public record AttentionTask(
        KvBlock[] blocks,
        int layer,
        int kvHead,
        int groupSize,
        int firstPosition,
        int tokens,
        float[] q,
        int qOffset,
        int qStride,
        float[] out,
        int outOffset,
        int outStride) {
    /** Factor that undoes the Hadamard transform's gain and scales by 1 / sqrt(d) (rule 8). */
    static float queryFactor(int headDim) {
        int hadamard = Integer.lowestOneBit(headDim);
        return (float) (1.0 / ((double) hadamard * Math.sqrt((double) headDim)));
    }

    int headDim() {
        return blocks[0].shape().headDim();
    }
}
