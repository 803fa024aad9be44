package io.theseus.engine.embedding;

import io.theseus.engine.model.Linear;

/**
 * The weights of one layer. Norms come after the residual is added.
 *
 * @param query (hidden, hidden)
 * @param key (hidden, hidden)
 * @param value (hidden, hidden)
 * @param output (hidden, hidden)
 * @param up (feedForward, hidden)
 * @param down (hidden, feedForward)
 */
record EncoderLayer(
        Linear query,
        Linear key,
        Linear value,
        Linear output,
        Norm attentionNorm,
        Linear up,
        Linear down,
        Norm outputNorm) {}
