package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/**
 * From text to id without making a {@link String} for each look-up: ranges of a {@code char[]}, or two strings one after the other.
 */
final class TextIndex {
    /*
     * Open addressing over String.hashCode(), which can be continued char by char (h * 31 + c), so that a caller who grows a range
     * by one char pays one multiplication. Anyone can make strings that collide under this hash; a vocabulary that does so on
     * purpose would make building quadratic, hence the bound on a probe.
     */
    private static final int MAX_PROBES = 512;

    /** Stands for no character in {@link #find(int, String, int, String)}. */
    static final int NO_CHAR = -1;

    private final String[] texts; // by id
    private final int[] slots; // id + 1, 0 = free

    /** Indexes {@code texts} by position; of equal texts the first counts, empty ones cannot be found. */
    TextIndex(String[] texts) {
        this.texts = texts;
        this.slots = new int[Integer.highestOneBit(Math.max(4, texts.length)) << 2];
        for (int id = 0; id < texts.length; id++) {
            if (!texts[id].isEmpty()) {
                insert(id);
            }
        }
    }

    private void insert(int id) {
        String text = texts[id];
        int hash = text.hashCode();
        int mask = slots.length - 1;
        int at = slot(hash);
        for (int probes = 0; slots[at] != 0; probes++, at = (at + 1) & mask) {
            String other = texts[slots[at] - 1];
            if (other.hashCode() == hash && other.equals(text)) {
                return;
            }
            if (probes == MAX_PROBES) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "the vocabulary's tokens up to id " + id + " all look alike to a hash; no real model's do,"
                                + " get the file from its author");
            }
        }
        slots[at] = id + 1;
    }

    /** The id of {@code text}, or -1. */
    int find(String text) {
        int hash = text.hashCode();
        int mask = slots.length - 1;
        for (int at = slot(hash); slots[at] != 0; at = (at + 1) & mask) {
            String candidate = texts[slots[at] - 1];
            if (candidate.hashCode() == hash && candidate.equals(text)) {
                return slots[at] - 1;
            }
        }
        return -1;
    }

    /** The id of {@code chars[from, to)}, or -1. */
    int find(char[] chars, int from, int to) {
        return find(hash(0, chars, from, to), chars, from, to);
    }

    /** As above where the caller knows the range's {@link #hash}. */
    int find(int hash, char[] chars, int from, int to) {
        int mask = slots.length - 1;
        for (int at = slot(hash); slots[at] != 0; at = (at + 1) & mask) {
            String candidate = texts[slots[at] - 1];
            if (candidate.hashCode() == hash && same(candidate, chars, from, to)) {
                return slots[at] - 1;
            }
        }
        return -1;
    }

    /**
     * The id of {@code left}, {@code between} unless it is {@link #NO_CHAR}, and {@code right} one after the other, or -1.
     *
     * @param hash of the whole
     */
    int find(int hash, String left, int between, String right) {
        int mask = slots.length - 1;
        for (int at = slot(hash); slots[at] != 0; at = (at + 1) & mask) {
            String candidate = texts[slots[at] - 1];
            if (candidate.hashCode() == hash && same(candidate, left, between, right)) {
                return slots[at] - 1;
            }
        }
        return -1;
    }

    private static boolean same(String text, String left, int between, String right) {
        int middle = between == NO_CHAR ? 0 : 1;
        return text.length() == left.length() + middle + right.length()
                && text.startsWith(left)
                && (middle == 0 || text.charAt(left.length()) == between)
                && text.endsWith(right);
    }

    /** {@code seed}, the hash of what stands before, continued over {@code chars[from, to)}; 0 starts. */
    static int hash(int seed, char[] chars, int from, int to) {
        int hash = seed;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + chars[i];
        }
        return hash;
    }

    private static boolean same(String text, char[] chars, int from, int to) {
        if (text.length() != to - from) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != chars[from + i]) {
                return false;
            }
        }
        return true;
    }

    private int slot(int hash) {
        return (hash * 0x9E3779B1 >>> 7) & (slots.length - 1);
    }
}
