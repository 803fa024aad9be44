package io.theseus.engine.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what words became, since a few thousand words are most of any text. Bounded; safe for use by many threads.
 */
final class WordCache {
    /*
     * One slot a hash, and the last word to arrive has it. Entries are immutable and reached through final fields, so a thread that
     * reads a slot without a lock sees a whole entry or an older one, and compares the letters either way.
     */
    private static final int SLOTS = 1 << 13;

    /** Longer words are rare and would hold memory for what hardly comes again. */
    private static final int MAX_LETTERS = 24;

    private final @Nullable Word[] words = new Word[SLOTS];

    private record Word(char[] letters, int[] ids) {
        boolean is(char[] text, int from, int to) {
            if (letters.length != to - from) {
                return false;
            }
            for (int i = 0; i < letters.length; i++) {
                if (letters[i] != text[from + i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Whether the word {@code text[from, to)} is known; then its ids are appended to {@code out}. */
    boolean replay(char[] text, int from, int to, TokenBuffer out) {
        if (to - from > MAX_LETTERS) {
            return false;
        }
        Word word = words[slot(text, from, to)];
        if (word == null || !word.is(text, from, to)) {
            return false;
        }
        for (int id : word.ids) {
            out.add(id);
        }
        return true;
    }

    /** Remembers that the word {@code text[from, to)} became what stands in {@code out} from position {@code begin} on. */
    void keep(char[] text, int from, int to, TokenBuffer out, int begin) {
        if (to - from <= MAX_LETTERS) {
            words[slot(text, from, to)] = new Word(Arrays.copyOfRange(text, from, to), out.since(begin));
        }
    }

    private static int slot(char[] text, int from, int to) {
        return TextIndex.hash(0, text, from, to) * 0x9E3779B1 >>> 19;
    }
}
