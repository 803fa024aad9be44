package io.theseus.engine.sampler;

/**
 * Tokens in the one order of sampling, (logit descending, id ascending), of which only the needed prefix is ever found.
 *
 * <p>Package-private scratch space, reused for each choice. Not thread-safe.
 */
final class CandidateOrder {
    /*
     * A cut (top-k, top-p, the draw itself) asks for the shortest prefix of the order that reaches a count or a weight. Quickselect
     * finds its members without sorting: partition around a pivot, sum the weights before it, go on in the half that holds the
     * end. O(n) on average. The sums are exact integers, so which pivots were chosen cannot show in the result.
     *
     * Source: C. A. R. Hoare, "Algorithm 65: Find", CACM 4(7), 1961, with weights.
     */
    private final long[] keys; // (vocabulary) order key: smaller comes first
    private final int[] weights; // (vocabulary) beside keys
    private int size;

    CandidateOrder(int vocabularySize) {
        keys = new long[vocabularySize];
        weights = new int[vocabularySize];
    }

    /** A number that sorts as (logit descending, id ascending); the two zeros are equal. */
    static long key(float logit, int id) {
        int bits = Float.floatToRawIntBits(logit + 0f);
        int ascending = bits ^ ((bits >> 31) & 0x7fff_ffff);
        return (long) ~ascending << 32 | id;
    }

    static float logit(long key) {
        int ascending = ~(int) (key >> 32);
        return Float.intBitsToFloat(ascending ^ ((ascending >> 31) & 0x7fff_ffff));
    }

    void clear() {
        size = 0;
    }

    void add(float logit, int id) {
        weights[size] = 1;
        keys[size++] = key(logit, id);
    }

    int size() {
        return size;
    }

    int id(int index) {
        return (int) keys[index];
    }

    float logit(int index) {
        return logit(keys[index]);
    }

    int weight(int index) {
        return weights[index];
    }

    void weigh(int index, int weight) {
        weights[index] = weight;
    }

    long totalWeight() {
        long total = 0;
        for (int i = 0; i < size; i++) {
            total += weights[i];
        }
        return total;
    }

    /** Keeps the candidates of at least this weight. */
    void keepFrom(long leastWeight) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[i] >= leastWeight) {
                keys[kept] = keys[i];
                weights[kept++] = weights[i];
            }
        }
        size = kept;
    }

    /**
     * Keeps the shortest prefix of the order whose weight reaches {@code goal}; its last token ends up last.
     *
     * @param goal at least 1; a goal beyond the total weight keeps everything
     */
    void cutAt(long goal) {
        int low = 0;
        int high = size;
        long before = 0;
        while (low < high) {
            int pivot = medianOfThree(low, low + high >>> 1, high - 1);
            swap(pivot, high - 1);
            long pivotKey = keys[high - 1];
            int middle = low;
            long left = before;
            for (int i = low; i < high - 1; i++) {
                if (keys[i] < pivotKey) {
                    left += weights[i];
                    swap(i, middle++);
                }
            }
            swap(middle, high - 1);
            if (left >= goal) {
                high = middle;
            } else if (left + weights[middle] >= goal) {
                size = middle + 1;
                return;
            } else {
                before = left + weights[middle];
                low = middle + 1;
            }
        }
    }

    private int medianOfThree(int a, int b, int c) {
        if (keys[a] < keys[b]) {
            return keys[b] < keys[c] ? b : keys[a] < keys[c] ? c : a;
        }
        return keys[a] < keys[c] ? a : keys[b] < keys[c] ? c : b;
    }

    private void swap(int a, int b) {
        long key = keys[a];
        keys[a] = keys[b];
        keys[b] = key;
        int weight = weights[a];
        weights[a] = weights[b];
        weights[b] = weight;
    }
}
