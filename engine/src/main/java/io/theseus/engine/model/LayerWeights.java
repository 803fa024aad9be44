package io.theseus.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * One transformer layer.
 *
 * @param attentionNorm (hidden)
 * @param query (heads * headDim, hidden)
 * @param key (kvHeads * headDim, hidden)
 * @param value (kvHeads * headDim, hidden)
 * @param queryNorm (headDim), where the architecture normalises heads
 * @param keyNorm (headDim), likewise
 * @param output (hidden, heads * headDim)
 * @param feedForwardNorm (hidden)
 * @param gate (feedForward, hidden)
 * @param up (feedForward, hidden)
 * @param down (hidden, feedForward)
 */
record LayerWeights(
        float[] attentionNorm,
        Linear query,
        Linear key,
        Linear value,
        float @Nullable [] queryNorm,
        float @Nullable [] keyNorm,
        Linear output,
        float[] feedForwardNorm,
        Linear gate,
        Linear up,
        Linear down) {}
