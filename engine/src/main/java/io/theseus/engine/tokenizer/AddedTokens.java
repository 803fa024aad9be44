package io.theseus.engine.tokenizer;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Finds the tokens that stand for themselves in a text before it is tokenized: leftmost first, of those the longest. */
final class AddedTokens {
    /**
     * A token found at {@code [from, to)} of the text.
     *
     * @param from where the text before it ends, spaces that the token swallows left out
     * @param to where the text after it starts
     */
    record Found(int id, int from, int to) {}

    private final TextIndex index; // over the positions in ids
    private final int[] ids;
    private final boolean[] stripsLeft;
    private final boolean[] stripsRight;
    private final BitSet firstChars = new BitSet();
    private final BitSet lengths = new BitSet();

    /**
     * @param ids tokens to look for, of texts that are not empty
     * @param stripsLeft ids that swallow the spaces before them
     * @param stripsRight ids that swallow the spaces after them
     */
    AddedTokens(Vocabulary vocabulary, int[] ids, BitSet stripsLeft, BitSet stripsRight) {
        this.ids = ids;
        this.stripsLeft = new boolean[ids.length];
        this.stripsRight = new boolean[ids.length];
        String[] texts = new String[ids.length];
        for (int i = 0; i < ids.length; i++) {
            texts[i] = vocabulary.text(ids[i]);
            firstChars.set(texts[i].charAt(0));
            lengths.set(texts[i].length());
            this.stripsLeft[i] = stripsLeft.get(ids[i]);
            this.stripsRight[i] = stripsRight.get(ids[i]);
        }
        this.index = new TextIndex(texts);
    }

    /** The first token in {@code text[from, text.length)}, or null. */
    @Nullable
    Found next(char[] text, int from) {
        if (ids.length == 0) {
            return null;
        }
        int longest = lengths.length() - 1;
        for (int start = from; start < text.length; start++) {
            if (!firstChars.get(text[start])) {
                continue;
            }
            int best = -1;
            int bestEnd = start;
            int hash = 0;
            int limit = Math.min(text.length, start + longest);
            for (int end = start + 1; end <= limit; end++) {
                hash = 31 * hash + text[end - 1];
                if (lengths.get(end - start)) {
                    int i = index.find(hash, text, start, end);
                    if (i >= 0) {
                        best = i;
                        bestEnd = end;
                    }
                }
            }
            if (best >= 0) {
                return found(text, from, best, start, bestEnd);
            }
        }
        return null;
    }

    private Found found(char[] text, int from, int i, int start, int end) {
        int left = start;
        while (stripsLeft[i] && left > from && isSpace(text[left - 1])) {
            left--;
        }
        int right = end;
        while (stripsRight[i] && right < text.length && isSpace(text[right])) {
            right++;
        }
        return new Found(ids[i], left, right);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }
}
