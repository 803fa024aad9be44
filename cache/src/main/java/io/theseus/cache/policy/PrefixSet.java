package io.theseus.cache.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that are stored, each after the one before it in its chain. Only the last of a chain can go: a block is of no use without
 * those before it. Not thread-safe.
 *
 * @param <K> names a block and everything before it
 */
final class PrefixSet<K> {
    /** Of more ends of chains than these only so many are looked at for the worst, going round. */
    private static final int CANDIDATES = 4096;

    /** What a block is worth; the least is forgotten first. */
    @FunctionalInterface
    interface Ranking {
        /**
         * @param type class of the block
         * @param idle seconds since its last use
         */
        double worth(int type, double idle);
    }

    private static final class Node<K> {
        private final K key;
        private final @Nullable Node<K> parent;
        private final long bytes;
        private int children;
        private int place = -1; // in ends, or -1
        private int type;
        private double last;
        private long turn;

        private Node(K key, @Nullable Node<K> parent, long bytes) {
            this.key = key;
            this.parent = parent;
            this.bytes = bytes;
        }
    }

    private final Map<K, Node<K>> nodes = new HashMap<>();
    private final List<Node<K>> ends = new ArrayList<>();
    private final Map<K, Integer> pins = new HashMap<>();
    private long bytes;
    private long turns;
    private int next;

    int size() {
        return nodes.size();
    }

    long bytes() {
        return bytes;
    }

    /** Length of the beginning of {@code chain} that is stored. */
    int held(List<K> chain) {
        int held = 0;
        while (held < chain.size() && nodes.containsKey(chain.get(held))) {
            held++;
        }
        return held;
    }

    /** Notes the use of the stored beginning of {@code chain}, and stores the blocks after it. */
    void use(List<K> chain, int[] types, long bytesEach, double now) {
        turns++;
        Node<K> parent = null;
        for (int i = 0; i < chain.size(); i++) {
            Node<K> node = nodes.get(chain.get(i));
            if (node == null) {
                node = add(chain.get(i), parent, bytesEach);
            }
            node.type = types[i];
            node.last = now;
            node.turn = turns;
            parent = node;
        }
    }

    private Node<K> add(K key, @Nullable Node<K> parent, long size) {
        Node<K> node = new Node<>(key, parent, size);
        if (parent != null && parent.children++ == 0) {
            unlist(parent);
        }
        nodes.put(key, node);
        list(node);
        bytes += size;
        return node;
    }

    /** Never lets go of the blocks of {@code chain}, stored now or later; {@code false} takes one such promise back. */
    void pin(List<K> chain, boolean pinned) {
        for (K key : chain) {
            int count = pins.getOrDefault(key, 0) + (pinned ? 1 : -1);
            if (count > 0) {
                pins.put(key, count);
            } else {
                pins.remove(key);
            }
        }
    }

    private boolean pinned(Node<K> node) {
        return !pins.isEmpty() && pins.containsKey(node.key);
    }

    /** Forgets the least worth until at most {@code most} bytes are stored; returns what went, ends of chains first. */
    List<K> shrink(long most, Ranking ranking, double now) {
        List<K> gone = new ArrayList<>();
        while (bytes > most) {
            Node<K> worst = worst(ranking, now, CANDIDATES, false);
            worst = worst == null ? worst(ranking, now, ends.size(), false) : worst;
            // The bound holds even if more is pinned than there is room for.
            boolean pinsGo = worst == null;
            worst = worst == null ? worst(ranking, now, CANDIDATES, true) : worst;
            if (worst == null) {
                return gone;
            }
            double least = ranking.worth(worst.type, now - worst.last);
            // What led only to it and is worth no more goes with it, without another search.
            for (Node<K> end = worst;
                    end != null
                            && end.children == 0
                            && (pinsGo || !pinned(end))
                            && bytes > most
                            && ranking.worth(end.type, now - end.last) <= least;
                    end = end.parent) {
                remove(end);
                gone.add(end.key);
            }
        }
        return gone;
    }

    private @Nullable Node<K> worst(Ranking ranking, double now, int most, boolean pinsGo) {
        Node<K> worst = null;
        double least = 0;
        for (int looked = Math.min(ends.size(), most); looked > 0; looked--) {
            next = next + 1 < ends.size() ? next + 1 : 0;
            Node<K> node = ends.get(next);
            if (!pinsGo && pinned(node)) {
                continue;
            }
            double worth = ranking.worth(node.type, now - node.last);
            if (worst == null || worth < least || worth == least && node.turn < worst.turn) {
                worst = node;
                least = worth;
            }
        }
        return worst;
    }

    /** Forgets a block and all that follow it; returns what went. */
    List<K> remove(K key) {
        List<K> gone = new ArrayList<>();
        Node<K> root = nodes.get(key);
        if (root == null) {
            return gone;
        }
        if (root.children > 0) {
            for (Node<K> node : List.copyOf(nodes.values())) {
                if (node.children == 0 && nodes.get(node.key) == node && follows(node, root)) {
                    for (Node<K> end = node; end != null && end != root && end.children == 0; end = end.parent) {
                        remove(end);
                        gone.add(end.key);
                    }
                }
            }
        }
        remove(root);
        gone.add(root.key);
        return gone;
    }

    private static <K> boolean follows(Node<K> node, Node<K> root) {
        Node<K> at = node;
        while (at != null && at != root) {
            at = at.parent;
        }
        return at != null;
    }

    private void remove(Node<K> end) {
        unlist(end);
        nodes.remove(end.key);
        bytes -= end.bytes;
        Node<K> parent = end.parent;
        if (parent != null && --parent.children == 0) {
            list(parent);
        }
    }

    private void list(Node<K> node) {
        node.place = ends.size();
        ends.add(node);
    }

    private void unlist(Node<K> node) {
        Node<K> last = ends.removeLast();
        if (last != node) {
            ends.set(node.place, last);
            last.place = node.place;
        }
        node.place = -1;
    }
}
