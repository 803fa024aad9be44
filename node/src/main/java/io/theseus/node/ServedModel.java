package io.theseus.node;

import io.theseus.engine.scheduler.InferenceEngine;

/**
 * One model that this node answers with.
 *
 * @param id the name requests use
 * @param createdEpochSeconds when its file was made or fetched, seconds since 1970
 * @param fingerprint changes when the same seed may give other bits: the model's root, or a hash of its file
 * @param engine computes its answers
 */
public record ServedModel(String id, long createdEpochSeconds, String fingerprint, InferenceEngine engine) {}
