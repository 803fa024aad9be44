package io.theseus.engine.embedding;

import io.theseus.engine.model.WeightReader;

/**
 * A layer norm.
 *
 * @param weight (hidden)
 * @param bias (hidden)
 */
record Norm(float[] weight, float[] bias) {
    static Norm read(WeightReader reader, String name, int hidden) {
        return new Norm(reader.vector(name + ".weight", hidden), reader.vector(name + ".bias", hidden));
    }
}
