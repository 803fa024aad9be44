package io.theseus.engine.tokenizer;

import java.util.Arrays;

/**
 * Joins neighbouring symbols, always the pair of lowest rank first and of equals the leftmost, until no pair may be joined. Work
 * space of one call; O(n log n) for n symbols.
 */
abstract class MergeQueue {
    /*
     * The symbols are a linked list over arrays. Each pair that may be joined sits in a binary heap as rank << 32 | position of its
     * left symbol, so that the natural order of longs is the order of joining. A join leaves the entries of the pairs it broke in
     * the heap; they are known by a rank that is no longer that of the pair at the position, and are dropped when they surface.
     * Every join adds at most two entries, so there are at most 3n.
     *
     * Source: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016), for the merges;
     * Kudo, Richardson, "SentencePiece" (2018), section 3.2, for the O(n log n) queue.
     */
    static final long NO_PAIR = -1;

    int[] symbols = new int[64];
    int size;
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private int[] rank = new int[64];
    private int[] joined = new int[64];
    private long[] heap = new long[64];
    private int heapSize;

    /** Appends a symbol before {@link #merge}. */
    final void push(int symbol) {
        if (size == symbols.length) {
            grow();
        }
        symbols[size++] = symbol;
    }

    private void grow() {
        int length = symbols.length * 2;
        symbols = Arrays.copyOf(symbols, length);
        next = Arrays.copyOf(next, length);
        previous = Arrays.copyOf(previous, length);
        rank = Arrays.copyOf(rank, length);
        joined = Arrays.copyOf(joined, length);
    }

    /**
     * What the symbols at positions {@code left} and {@code right}, which are neighbours, become.
     *
     * @return rank << 32 | symbol, both at least 0, or {@link #NO_PAIR}
     */
    abstract long pair(int left, int right);

    /** Joins until no pair is left. Afterwards {@code symbols[0, size)} are what remains, in order. */
    final void merge() {
        int n = size;
        heapSize = 0;
        for (int i = 0; i < n; i++) {
            previous[i] = i - 1;
            next[i] = i + 1;
        }
        for (int i = 0; i + 1 < n; i++) {
            offer(i, i + 1);
        }
        if (n > 0) {
            rank[n - 1] = -1;
        }
        while (heapSize > 0) {
            long entry = poll();
            int left = (int) entry;
            if (rank[left] == (int) (entry >>> 32)) {
                join(left, n);
            }
        }
        compact(n);
    }

    private void join(int left, int n) {
        int right = next[left];
        symbols[left] = joined[left];
        int after = next[right];
        next[left] = after;
        rank[right] = -1;
        joinedAt(left, right);
        if (after < n) {
            previous[after] = left;
            offer(left, after);
        } else {
            rank[left] = -1;
        }
        if (previous[left] >= 0) {
            offer(previous[left], left);
        }
    }

    /** Called when the symbol at {@code left} has swallowed the one at {@code right}. */
    void joinedAt(int left, int right) {}

    /** Called when what was at {@code from} moves to {@code to}, in order. */
    void moved(int from, int to) {}

    private void compact(int n) {
        int kept = 0;
        for (int i = 0; i < n; i = next[i]) {
            symbols[kept] = symbols[i];
            moved(i, kept);
            kept++;
        }
        size = kept;
    }

    private void offer(int left, int right) {
        long pair = pair(left, right);
        if (pair == NO_PAIR) {
            rank[left] = -1;
            return;
        }
        rank[left] = (int) (pair >>> 32);
        joined[left] = (int) pair;
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        long entry = pair & 0xFFFFFFFF_00000000L | left;
        int at = heapSize++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = entry;
    }

    private long poll() {
        long top = heap[0];
        long entry = heap[--heapSize];
        int at = 0;
        while (2 * at + 1 < heapSize) {
            int child = 2 * at + 1;
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= entry) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = entry;
        return top;
    }
}
