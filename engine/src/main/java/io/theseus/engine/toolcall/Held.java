package io.theseus.engine.toolcall;

import java.util.List;

/** Text that has arrived but whose meaning the next characters may still change. */
final class Held {
    private Held() {}

    /** Length of the longest end of {@code text} that could be the beginning of one of {@code words}. */
    static int possibleStart(CharSequence text, List<String> words) {
        int longest = 0;
        for (String word : words) {
            for (int n = Math.min(word.length() - 1, text.length()); n > longest; n--) {
                if (word.startsWith(
                        text.subSequence(text.length() - n, text.length()).toString())) {
                    longest = n;
                }
            }
        }
        return longest;
    }

    /** Where the white space at the end of {@code text} begins. */
    static int trailingSpace(CharSequence text, int end) {
        int i = end;
        while (i > 0 && Character.isWhitespace(text.charAt(i - 1))) {
            i--;
        }
        return i;
    }

    /** Where the white space from {@code start} on ends. */
    static int leadingSpace(CharSequence text, int start) {
        int i = start;
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
