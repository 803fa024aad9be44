package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which two symbols of byte-pair encoding join to which, and in what order of preference. A symbol is a token id, or a number from
 * {@link Vocabulary#size} up for a text that merges pass through though it is no token.
 */
final class MergeTable {
    /* Open addressing; a merge that could only make a control token is left out, so that no text can spell one. */
    private final long[] keys; // left << 32 | right, -1 = free
    private final long[] values; // rank << 32 | joined
    private final Vocabulary vocabulary;
    private final List<String> passing = new ArrayList<>();
    private final Map<String, Integer> passingIds = new HashMap<>();

    /**
     * @param merges "left right", best first
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if a merge is not two texts
     */
    MergeTable(Vocabulary vocabulary, List<String> merges) {
        this.vocabulary = vocabulary;
        int slots = Integer.highestOneBit(Math.max(4, merges.size())) << 2;
        this.keys = new long[slots];
        Arrays.fill(keys, -1);
        this.values = new long[slots];
        char[] chars = new char[256];
        for (int rank = 0; rank < merges.size(); rank++) {
            String merge = merges.get(rank);
            int space = merge.indexOf(' ', 1);
            int length = merge.length();
            if (space < 0 || space + 1 == length) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "merge " + rank + " of tokenizer.ggml.merges is \"" + merge
                                + "\", expected two texts with a space between them; the file is damaged");
            }
            if (chars.length < length) {
                chars = new char[length * 2];
            }
            // Both halves side by side, so that each half and the whole are ranges.
            merge.getChars(0, space, chars, 0);
            merge.getChars(space + 1, length, chars, space);
            int left = intern(chars, 0, space);
            int right = intern(chars, space, length - 1);
            int joined = intern(chars, 0, length - 1);
            if (joined >= vocabulary.size() || !vocabulary.kind(joined).isStructure()) {
                put((long) left << 32 | right, (long) rank << 32 | joined);
            }
        }
    }

    private int intern(char[] chars, int from, int to) {
        int id = vocabulary.index().find(chars, from, to);
        return id >= 0
                ? id
                : passingIds.computeIfAbsent(new String(chars, from, to - from), text -> {
                    passing.add(text);
                    return vocabulary.size() + passing.size() - 1;
                });
    }

    private void put(long key, long value) {
        int mask = keys.length - 1;
        int at = slot(key);
        while (keys[at] != -1) {
            if (keys[at] == key) {
                return; // the first, and so the best, rank counts
            }
            at = (at + 1) & mask;
        }
        keys[at] = key;
        values[at] = value;
    }

    /** rank << 32 | joined symbol for {@code left} and {@code right}, or {@link MergeQueue#NO_PAIR}. */
    long find(int left, int right) {
        long key = (long) left << 32 | right;
        int mask = keys.length - 1;
        for (int at = slot(key); keys[at] != -1; at = (at + 1) & mask) {
            if (keys[at] == key) {
                return values[at];
            }
        }
        return MergeQueue.NO_PAIR;
    }

    /** The symbol with this text, or -1. */
    int symbol(String text) {
        int id = vocabulary.find(text);
        return id >= 0 ? id : passingIds.getOrDefault(text, -1);
    }

    /** The text of symbol {@code symbol}, which is not negative. */
    String text(int symbol) {
        return symbol < vocabulary.size() ? vocabulary.text(symbol) : passing.get(symbol - vocabulary.size());
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & (keys.length - 1);
    }
}
