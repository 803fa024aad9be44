package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;

/** Strings as Python sees them: sequences of code points, not of UTF-16 units. */
final class CodePoints {
    private CodePoints() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The code points from {@code from} to {@code to}, both within the string. */
    static String slice(String text, int from, int to) {
        if (length(text) == text.length()) {
            return text.substring(from, to);
        }
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    /** Each code point as a string. */
    static List<Object> characters(String text) {
        List<Object> characters = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); ) {
            int next = i + Character.charCount(text.codePointAt(i));
            characters.add(text.substring(i, next));
            i = next;
        }
        return characters;
    }

    /** How many code points lie before UTF-16 index {@code unit}; -1 stays -1. */
    static long toIndex(String text, int unit) {
        return unit < 0 ? -1 : text.codePointCount(0, unit);
    }

    /** Order by code point, as Python compares strings. */
    static int compare(String a, String b) {
        int n = Math.min(a.length(), b.length());
        for (int i = 0; i < n; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // A surrogate pair stands above every single unit.
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? x - y : high ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    /** Python's {@code str.isspace} for one character. */
    static boolean isSpace(int c) {
        return (c >= 9 && c <= 13)
                || (c >= 0x1c && c <= 0x20)
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    static String stripLeft(String text) {
        int i = 0;
        while (i < text.length() && isSpace(text.charAt(i))) {
            i++;
        }
        return text.substring(i);
    }

    static String stripRight(String text) {
        int n = text.length();
        while (n > 0 && isSpace(text.charAt(n - 1))) {
            n--;
        }
        return text.substring(0, n);
    }

    static String strip(String text) {
        return stripLeft(stripRight(text));
    }

    /** Without leading ({@code left}) and trailing ({@code right}) characters that are in {@code set}. */
    static String strip(String text, String set, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && set.indexOf(text.codePointAt(from)) >= 0) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && set.indexOf(text.codePointBefore(to)) >= 0) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }
}
