package io.theseus.cache.store;

import io.theseus.core.Digest;

/**
 * What the store holds of one model.
 *
 * @param hits how often these answers were served
 */
public record ModelTotals(String model, Digest modelRoot, long entries, long bytes, long hits) {}
