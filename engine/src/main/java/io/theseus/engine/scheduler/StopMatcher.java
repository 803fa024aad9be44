package io.theseus.engine.scheduler;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the first of several strings in a text that arrives char by char. Not thread-safe. */
final class StopMatcher {
    /*
     * An automaton whose state is the longest end of the text that begins some stop string. So the state's depth is exactly
     * what has to be held back, and a char costs O(1) amortised, however many strings there are.
     *
     * Of strings that end at the same char the longest counts; of strings that end at different chars the first to end.
     *
     * Source: A. V. Aho, M. J. Corasick, "Efficient string matching", CACM 18(6), 1975.
     */
    private static final class Node {
        final Map<Character, Node> next = new HashMap<>();
        final int depth;
        /** Length of the longest stop string that ends here; 0 = none. */
        int match;

        /** The longest proper end of this node's text that is a node too. */
        Node fallback = this;

        Node(int depth) {
            this.depth = depth;
        }
    }

    private final Node root = new Node(0);
    private Node state = root;

    StopMatcher(List<String> stops) {
        for (String stop : stops) {
            Node node = root;
            for (int i = 0; i < stop.length(); i++) {
                int depth = i + 1;
                node = node.next.computeIfAbsent(stop.charAt(i), _ -> new Node(depth));
            }
            node.match = stop.length();
        }
        buildFallbacks();
    }

    private void buildFallbacks() {
        ArrayDeque<Node> byDepth = new ArrayDeque<>(List.of(root));
        while (!byDepth.isEmpty()) {
            Node parent = byDepth.remove();
            parent.next.forEach((c, node) -> {
                node.fallback = parent == root ? root : follow(parent.fallback, c);
                node.match = Math.max(node.match, node.fallback.match);
                byDepth.add(node);
            });
        }
    }

    private Node follow(Node from, char c) {
        Node node = from;
        while (node != root && !node.next.containsKey(c)) {
            node = node.fallback;
        }
        return node.next.getOrDefault(c, root);
    }

    /** Takes the next char; returns the length of the stop string that it completes, 0 if none. */
    int accept(char c) {
        state = follow(state, c);
        return state.match;
    }

    /** How many of the last chars may still become a stop string. */
    int held() {
        return state.depth;
    }
}
