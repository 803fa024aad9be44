package io.theseus.engine.scheduler;

import io.theseus.engine.model.StepModel.Block;
import io.theseus.engine.model.StepModel.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * States kept for requests that begin alike: the next turn of a chat, another question under the same system prompt. A tree whose
 * every node is a block of tokens with its state; the path to it is what it follows. Belongs to the engine's thread.
 */
final class PrefixTree {
    /*
     * Children lie in the order of their tokens, so the one that shares the longest beginning with given tokens is a neighbour of
     * their place: a lookup costs O(blocks * log children), however many prompts begin alike. Only a leaf may be partly filled.
     *
     * Forgotten is always a leaf, the one that saves least: (chance to be used again per second) * (tokens). A block that a running
     * sequence shares is passed over, as forgetting it frees nothing. Looking at every leaf costs some ns each; of more than
     * CANDIDATES, only so many are looked at, going round, so that each gets its turn.
     *
     * Source: L. Zheng et al., "SGLang: Efficient Execution of Structured Language Model Programs", NeurIPS 2024, §3 (a radix tree of
     * KV states, leaves evicted first); what is new here is the order by value.
     */
    private static final int CANDIDATES = 1024;

    /** A shorter beginning is recomputed faster than it is kept. */
    static final int SHORTEST = 16;

    /** What the tree holds of a prompt. */
    static final class Match {
        private final List<Node> path;
        private final int tokens;

        private Match(List<Node> path, int tokens) {
            this.path = path;
            this.tokens = tokens;
        }

        /** Length of the shared beginning. */
        int tokens() {
            return tokens;
        }
    }

    private static final class Node {
        private final @Nullable Node parent;
        private final int[] tokens;
        private final Block block;
        private final TreeMap<int[], Node> children = new TreeMap<>(Arrays::compare);
        private int place; // in leaves, or -1
        private int uses;
        private long usedAt;

        private Node(@Nullable Node parent, int[] tokens, Block block, long now) {
            this.parent = parent;
            this.tokens = tokens;
            this.block = block;
            this.usedAt = now;
            this.place = -1;
        }
    }

    private final int blockTokens;
    private final int capacity;
    private final ReuseForecast forecast;
    private final TreeMap<int[], Node> roots = new TreeMap<>(Arrays::compare);
    private final List<Node> leaves = new ArrayList<>();
    private int size;
    private int next;

    /**
     * @param blockTokens tokens a block holds
     * @param capacity most blocks kept, however much memory there is
     */
    PrefixTree(int blockTokens, int capacity, ReuseForecast forecast) {
        this.blockTokens = blockTokens;
        this.capacity = capacity;
        this.forecast = forecast;
    }

    /** Blocks kept. */
    int size() {
        return size;
    }

    /** The longest beginning of the first {@code most} of {@code tokens} that is kept. */
    Match match(int[] tokens, int most) {
        List<Node> path = new ArrayList<>();
        TreeMap<int[], Node> level = roots;
        int length = 0;
        while (length < most) {
            int[] chunk = Arrays.copyOfRange(tokens, length, Math.min(most, length + blockTokens));
            Node child = nearest(level, chunk);
            if (child == null) {
                break;
            }
            path.add(child);
            int common = common(child.tokens, chunk);
            length += common;
            if (common < blockTokens) {
                break;
            }
            level = child.children;
        }
        return new Match(path, length);
    }

    /** The child that shares the longest beginning with {@code chunk}, at least one token. */
    private static @Nullable Node nearest(TreeMap<int[], Node> level, int[] chunk) {
        Map.Entry<int[], Node> below = level.floorEntry(chunk);
        Map.Entry<int[], Node> above = level.ceilingEntry(chunk);
        int sharedBelow = below == null ? 0 : common(below.getKey(), chunk);
        int sharedAbove = above == null ? 0 : common(above.getKey(), chunk);
        Map.Entry<int[], Node> best = sharedBelow >= sharedAbove ? below : above;
        return best == null || Math.max(sharedBelow, sharedAbove) == 0 ? null : best.getValue();
    }

    private static int common(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** Appends the matched blocks to an empty sequence. */
    void resume(Match match, Sequence empty) {
        int left = match.tokens;
        for (Node node : match.path) {
            empty.append(node.block, Math.min(left, blockTokens));
            left -= blockTokens;
        }
    }

    /** Notes that a match was used. */
    void used(Match match, long now) {
        for (Node node : match.path) {
            forecast.used(node.uses, now - node.usedAt);
            node.uses++;
            node.usedAt = now;
        }
    }

    /** Forgets the last block of a match if only its beginning is used and nothing follows it; returns whether it did. */
    boolean forgetEnd(Match match) {
        Node last = match.path.getLast();
        if (!last.children.isEmpty()) {
            return false;
        }
        remove(last);
        return true;
    }

    /** Keeps the blocks of a sequence that holds {@code tokens}, as far as they are not kept yet. The sequence stays its owner's. */
    void keep(int[] tokens, Sequence sequence, long now) {
        if (tokens.length < SHORTEST) {
            return;
        }
        Node parent = null;
        for (int from = 0; from < tokens.length; from += blockTokens) {
            int[] chunk = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + blockTokens));
            TreeMap<int[], Node> level = parent == null ? roots : parent.children;
            Node child = nearest(level, chunk);
            int common = child == null ? 0 : common(child.tokens, chunk);
            if (child != null && common == chunk.length) {
                child.usedAt = now;
            } else {
                if (child != null && common == child.tokens.length) {
                    remove(child); // a partly filled leaf that this chunk begins with
                }
                if (size >= capacity) {
                    Node worst = worst(now, true, parent);
                    if (worst == null) {
                        return;
                    }
                    remove(worst);
                }
                child = add(parent, level, chunk, sequence.hold(from / blockTokens), now);
            }
            parent = child;
        }
    }

    private Node add(@Nullable Node parent, TreeMap<int[], Node> level, int[] chunk, Block block, long now) {
        Node node = new Node(parent, chunk, block, now);
        level.put(chunk, node);
        if (parent != null && parent.place >= 0) {
            unlist(parent);
        }
        list(node);
        size++;
        return node;
    }

    private void list(Node node) {
        node.place = leaves.size();
        leaves.add(node);
    }

    private void unlist(Node node) {
        Node last = leaves.removeLast();
        if (last != node) {
            leaves.set(node.place, last);
            last.place = node.place;
        }
        node.place = -1;
    }

    private void remove(Node leaf) {
        unlist(leaf);
        Node parent = leaf.parent;
        (parent == null ? roots : parent.children).remove(leaf.tokens);
        if (parent != null && parent.children.isEmpty()) {
            list(parent);
        }
        leaf.block.close();
        size--;
    }

    /**
     * Forgets the block that saves least of those that nobody uses.
     *
     * @return whether there was one; else forgetting more would free nothing
     */
    boolean evict(long now) {
        Node worst = worst(now, false, null);
        if (worst == null && hidesUnshared()) {
            worst = worst(now, true, null);
        }
        if (worst == null) {
            return false;
        }
        remove(worst);
        return true;
    }

    private @Nullable Node worst(long now, boolean evenShared, @Nullable Node spared) {
        Node worst = null;
        double least = Double.POSITIVE_INFINITY;
        for (int looked = 0, candidates = 0; looked < leaves.size() && candidates < CANDIDATES; looked++) {
            next = next + 1 < leaves.size() ? next + 1 : 0;
            Node leaf = leaves.get(next);
            if (leaf == spared || !evenShared && leaf.block.shared()) {
                continue;
            }
            candidates++;
            double value = leaf.tokens.length * forecast.usesPerSecond(leaf.uses, now - leaf.usedAt);
            if (worst == null || value < least) {
                least = value;
                worst = leaf;
            }
        }
        return worst;
    }

    /** Whether a leaf that someone shares follows a block that nobody shares, computed twice by chance. */
    private boolean hidesUnshared() {
        for (Node leaf : leaves) {
            for (Node node = leaf; node != null; node = node.parent) {
                if (!node.block.shared()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Forgets everything. */
    void clear() {
        while (!leaves.isEmpty()) {
            remove(leaves.getLast());
        }
    }
}
