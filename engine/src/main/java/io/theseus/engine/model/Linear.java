package io.theseus.engine.model;

import io.theseus.engine.tensor.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer.
 *
 * @param weight (outputs, inputs)
 * @param bias (outputs), or null
 */
record Linear(PackedMatrix weight, float @Nullable [] bias) {}
