package io.theseus.cache.semantic;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@link #MAX} embeddings of one context, as they are and rounded to 8 bits. A row removed leaves its place to the last one.
 *
 * @param <K> what names an entry
 */
final class Rows<K> {
    /** Rows of a full block: growing never copies more. */
    static final int MAX = 1024;

    private static final int FIRST = 4;

    private final int dimensions;
    private final int stride; // dimensions, padded with zeros for the widest vectors
    private byte[] codes; // (capacity, stride)
    private float[] exact; // (capacity, dimensions)
    private float[] scales; // (capacity): a value is about code * scale
    private float[] errors; // (capacity): length of what rounding took away
    private @Nullable Object[] keys;
    private int count;

    Rows(int dimensions) {
        this.dimensions = dimensions;
        this.stride = stride(dimensions);
        this.codes = new byte[FIRST * stride];
        this.exact = new float[FIRST * dimensions];
        this.scales = new float[FIRST];
        this.errors = new float[FIRST];
        this.keys = new Object[FIRST];
    }

    static int stride(int dimensions) {
        return (dimensions + 63) / 64 * 64;
    }

    int count() {
        return count;
    }

    boolean full() {
        return count == MAX;
    }

    byte[] codes() {
        return codes;
    }

    float scale(int row) {
        return scales[row];
    }

    float error(int row) {
        return errors[row];
    }

    @SuppressWarnings("unchecked") // only add and replace write here
    K key(int row) {
        Object key = keys[row];
        if (key == null) {
            throw new IndexOutOfBoundsException(row);
        }
        return (K) key;
    }

    /** Appends a row; the block must not be {@link #full}. */
    int add(K key, float[] embedding) {
        if (count == keys.length) {
            int capacity = Math.min(MAX, 2 * count);
            codes = Arrays.copyOf(codes, capacity * stride);
            exact = Arrays.copyOf(exact, capacity * dimensions);
            scales = Arrays.copyOf(scales, capacity);
            errors = Arrays.copyOf(errors, capacity);
            keys = Arrays.copyOf(keys, capacity);
        }
        set(count, key, embedding);
        return count++;
    }

    void set(int row, K key, float[] embedding) {
        keys[row] = key;
        System.arraycopy(embedding, 0, exact, row * dimensions, dimensions);
        Rounded rounded = Rounded.of(embedding, stride);
        System.arraycopy(rounded.codes(), 0, codes, row * stride, stride);
        scales[row] = rounded.scale();
        errors[row] = rounded.error();
    }

    /** Moves the last row of {@code from} (which may be this) to {@code row}, and forgets it there. */
    void takeLast(int row, Rows<K> from) {
        int last = from.count - 1;
        if (from != this || last != row) {
            System.arraycopy(from.codes, last * stride, codes, row * stride, stride);
            System.arraycopy(from.exact, last * dimensions, exact, row * dimensions, dimensions);
            scales[row] = from.scales[last];
            errors[row] = from.errors[last];
            keys[row] = from.keys[last];
        }
        from.keys[last] = null;
        from.count = last;
    }

    /** The scalar product of a row, as it was given, with {@code query}: f64, in ascending order. */
    double product(int row, float[] query) {
        double sum = 0;
        int at = row * dimensions;
        for (int c = 0; c < dimensions; c++) {
            sum += (double) exact[at + c] * query[c];
        }
        return sum;
    }
}
