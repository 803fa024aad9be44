package io.theseus.engine.tokenizer;

import java.util.Arrays;

/** Token ids in the making. */
final class TokenBuffer {
    private int[] ids;
    private int size;

    TokenBuffer(int expected) {
        this.ids = new int[Math.max(16, expected)];
    }

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        ids[size++] = id;
    }

    int size() {
        return size;
    }

    int last() {
        return ids[size - 1];
    }

    /** Forgets everything from position {@code size} on. */
    void truncate(int size) {
        this.size = size;
    }

    /** Reverses the ids from position {@code from} on. */
    void reverse(int from) {
        for (int i = from, j = size - 1; i < j; i++, j--) {
            int id = ids[i];
            ids[i] = ids[j];
            ids[j] = id;
        }
    }

    /** The ids from position {@code from} on. */
    int[] since(int from) {
        return Arrays.copyOfRange(ids, from, size);
    }

    int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
