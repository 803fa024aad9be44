package io.theseus.engine.model;

import io.theseus.engine.tensor.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer.
 *
 * @param weight (outputs, inputs)
 * @param bias (outputs), or null
 */
public record Linear(PackedMatrix weight, float @Nullable [] bias) {}
