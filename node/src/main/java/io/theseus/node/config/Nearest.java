package io.theseus.node.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Guesses which known word a misspelt one stands for.
 *
 * <p>Source: V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
 */
public final class Nearest {
    private Nearest() {}

    /** The known word with the fewest edits from {@code word}, if they are at most a third of its length (and at least 2 allowed). */
    public static Optional<String> to(String word, Collection<String> known) {
        int allowed = Math.max(2, word.length() / 3);
        return known.stream()
                .min(Comparator.comparingInt((String k) -> distance(word, k)).thenComparing(Comparator.naturalOrder()))
                .filter(k -> distance(word, k) <= allowed);
    }

    /** Single-character edits between {@code a} and {@code b}; a swap of neighbours counts as two. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitute, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
