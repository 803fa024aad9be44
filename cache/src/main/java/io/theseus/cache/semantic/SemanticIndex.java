package io.theseus.cache.semantic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The embeddings of remembered questions, each in its context: only questions that were asked of the same model, with the same
 * parameters, after the same conversation, are ever compared. Safe for use by many threads.
 *
 * @param <K> what names an entry; equal keys are one entry
 */
public final class SemanticIndex<K> {
    /*
     * Exact, not approximate: every row is compared. A first pass takes rows and query in 8 bits; with a = code * scale + rest and
     * |rest| known per row, the product of two vectors of length 1 differs from the rounded one by at most
     *   |rest of row| * 1 + |rest of query| * |rounded row|.
     * What cannot reach the floor even so is out; the others are multiplied as they are. So the result is that of a scan over floats,
     * for a quarter of the memory traffic, which is what a scan costs.
     */
    private final int dimensions;
    private final int stride;
    private final Map<String, List<Rows<K>>> contexts = new HashMap<>();
    private final Map<K, Place<K>> places = new HashMap<>();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** Where an entry lies; changes when another one is removed. */
    private static final class Place<K> {
        final String context;
        Rows<K> rows;
        int row;

        Place(String context, Rows<K> rows, int row) {
            this.context = context;
            this.rows = rows;
            this.row = row;
        }
    }

    /**
     * An entry near a query.
     *
     * @param cosine of the angle between both embeddings
     */
    public record Neighbour<K>(K key, double cosine) {}

    /** An empty index for embeddings of {@code dimensions} numbers and length 1. */
    public SemanticIndex(int dimensions) {
        if (dimensions < 1) {
            throw new IllegalArgumentException("dimensions is " + dimensions);
        }
        this.dimensions = dimensions;
        this.stride = Rows.stride(dimensions);
    }

    public int dimensions() {
        return dimensions;
    }

    public int size() {
        lock.readLock().lock();
        try {
            return places.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Adds an entry, or gives it another context and embedding. */
    public void put(String context, K key, float[] embedding) {
        if (embedding.length != dimensions) {
            throw new IllegalArgumentException("an embedding of " + embedding.length + ", expected " + dimensions);
        }
        lock.writeLock().lock();
        try {
            forget(key);
            List<Rows<K>> blocks = contexts.computeIfAbsent(context, c -> new ArrayList<>(1));
            if (blocks.isEmpty() || blocks.getLast().full()) {
                blocks.add(new Rows<>(dimensions));
            }
            Rows<K> rows = blocks.getLast();
            places.put(key, new Place<>(context, rows, rows.add(key, embedding)));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Forgets an entry; whether it was there. */
    public boolean remove(K key) {
        lock.writeLock().lock();
        try {
            return forget(key);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean forget(K key) {
        Place<K> place = places.remove(key);
        if (place == null) {
            return false;
        }
        List<Rows<K>> blocks = contexts.getOrDefault(place.context, List.of());
        Rows<K> last = blocks.getLast();
        boolean moves = last != place.rows || place.row != last.count() - 1;
        place.rows.takeLast(place.row, last);
        if (moves) {
            Place<K> moved = places.get(place.rows.key(place.row));
            if (moved != null) {
                moved.rows = place.rows;
                moved.row = place.row;
            }
        }
        if (last.count() == 0) {
            blocks.removeLast();
            if (blocks.isEmpty()) {
                contexts.remove(place.context);
            }
        }
        return true;
    }

    /**
     * The entries of {@code context} whose cosine with {@code query} is at least {@code floor}, the nearest first.
     *
     * @param query of length 1
     * @param most how many at most
     */
    public List<Neighbour<K>> nearest(String context, float[] query, double floor, int most) {
        Rounded rounded = Rounded.of(query, stride);
        int[] codes = new int[stride];
        for (int c = 0; c < stride; c++) {
            codes[c] = rounded.codes()[c];
        }
        int[] products = new int[Rows.MAX];
        List<Neighbour<K>> found = new ArrayList<>();
        lock.readLock().lock();
        try {
            @Nullable List<Rows<K>> blocks = contexts.get(context);
            if (blocks == null) {
                return List.of();
            }
            for (Rows<K> rows : blocks) {
                ByteProducts.of(rows.codes(), rows.count(), stride, codes, products);
                for (int row = 0; row < rows.count(); row++) {
                    double about = (double) products[row] * rounded.scale() * rows.scale(row);
                    double slack = rows.error(row) + rounded.error() * (1 + rows.error(row));
                    if (about + slack >= floor) {
                        double cosine = rows.product(row, query);
                        if (cosine >= floor) {
                            found.add(new Neighbour<>(rows.key(row), cosine));
                        }
                    }
                }
            }
        } finally {
            lock.readLock().unlock();
        }
        found.sort(Comparator.comparingDouble((Neighbour<K> n) -> n.cosine()).reversed());
        return found.size() <= most ? found : new ArrayList<>(found.subList(0, most));
    }
}
