package io.theseus.engine.tensor;

/**
 * How a head is rotated at one position (rule 6).
 *
 * @param cosines from {@code offset} on, one a pair
 * @param sines as {@code cosines}
 * @param pairs rotated pairs; channels beyond them stay
 * @param neighbours whether pair i is channels (2i, 2i+1), else (i, i + pairs)
 */
public record RotaryRow(float[] cosines, float[] sines, int offset, int pairs, boolean neighbours) {
    /** Rotates one head from {@code v[at]} on. */
    void rotate(float[] v, int at) {
        for (int i = 0; i < pairs; i++) {
            int first = at + (neighbours ? 2 * i : i);
            int second = neighbours ? first + 1 : first + pairs;
            float c = cosines[offset + i];
            float s = sines[offset + i];
            float a = v[first];
            float b = v[second];
            v[first] = a * c - b * s;
            v[second] = a * s + b * c;
        }
    }
}
