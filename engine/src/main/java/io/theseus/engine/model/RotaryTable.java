package io.theseus.engine.model;

import io.theseus.engine.model.Architecture.RotaryPairs;
import io.theseus.engine.tensor.RotaryRow;
import java.util.Arrays;

/** Cosines and sines per position (rule 6), computed when a position is first reached. Grown by one thread, read by many. */
final class RotaryTable {
    private static final int GROWTH = 256;

    private final RotaryConfig config;
    private final RotaryPairs pairs;
    private final int half;
    private float[] cosines = new float[0]; // [position][pair]
    private float[] sines = new float[0]; // [position][pair]
    private int positions;

    RotaryTable(RotaryConfig config, RotaryPairs pairs) {
        this.config = config;
        this.pairs = pairs;
        this.half = config.frequencies().length;
    }

    /** Makes positions 0 to {@code count - 1} ready. */
    void ensure(int count) {
        if (count <= positions) {
            return;
        }
        if (count * half > cosines.length) {
            int capacity = Math.max(count + GROWTH, positions * 2);
            cosines = Arrays.copyOf(cosines, capacity * half);
            sines = Arrays.copyOf(sines, capacity * half);
        }
        float magnitude = config.magnitude();
        for (int position = positions; position < count; position++) {
            for (int i = 0; i < half; i++) {
                double angle = (double) position * config.frequencies()[i];
                cosines[position * half + i] = (float) StrictMath.cos(angle) * magnitude;
                sines[position * half + i] = (float) StrictMath.sin(angle) * magnitude;
            }
        }
        positions = count;
    }

    /** How heads are rotated at {@code position}, which must be ready. */
    RotaryRow at(int position) {
        return new RotaryRow(cosines, sines, position * half, half, pairs == RotaryPairs.NEIGHBOURS);
    }
}
