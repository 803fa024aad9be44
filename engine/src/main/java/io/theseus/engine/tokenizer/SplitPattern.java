package io.theseus.engine.tokenizer;

import java.util.List;

/**
 * A regular expression of the kind that pre-tokenizers are published as. The means are few on purpose: alternatives of runs of
 * character classes, groups of words at the end, and {@code (?!\S)}.
 */
final class SplitPattern implements SplitRule {
    /*
     * Leftmost match, first alternative that matches, runs as long as can be with backtracking: what every regex engine that these
     * patterns were written for does. Unlike java.util.regex the stack never grows with the text, and classes mean Unicode.
     * Two things are simpler: a group never gives back what it matched, and only a run gives back characters. In the published
     * patterns groups stand last or alone, where both come to the same; SplitPatternVersusNaive compares with java.util.regex.
     *
     * A run that gives back costs its length again, so a pattern is linear as long as no match fails after a run that the next
     * start would walk again; the one published pattern of that sort is TrailingSpace.
     */
    sealed interface Item {
        /** Where {@code items}, of which this is number {@code k}, stop when it and those after it match from {@code at}, or -1. */
        int match(Item[] items, int k, char[] text, int at, int end);
    }

    /** {@code min} to {@code max} code points of {@code chars}, the more the better. */
    record Run(CharClass chars, int min, int max, boolean possessive) implements Item {
        @Override
        public int match(Item[] items, int k, char[] text, int at, int end) {
            int count = 0;
            int stop = at;
            while (count < max && stop < end) {
                int point = codePoint(text, stop, end);
                if (!chars.contains(point)) {
                    break;
                }
                stop += Character.charCount(point);
                count++;
            }
            if (count < min) {
                return -1;
            }
            if (k + 1 == items.length) {
                return stop;
            }
            while (true) {
                int matched = items[k + 1].match(items, k + 1, text, stop, end);
                if (matched >= 0 || possessive || count == min) {
                    return matched;
                }
                stop -= Character.charCount(Character.codePointBefore(text, stop, at));
                count--;
            }
        }
    }

    /** The first of {@code words}, each a code point out of each class, that fits; or nothing if {@code optional}. */
    record Group(List<List<CharClass>> words, boolean optional) implements Item {
        @Override
        public int match(Item[] items, int k, char[] text, int at, int end) {
            int stop = optional ? at : -1;
            for (List<CharClass> word : words) {
                int fits = fits(word, text, at, end);
                if (fits >= 0) {
                    stop = fits;
                    break;
                }
            }
            return stop < 0 || k + 1 == items.length ? stop : items[k + 1].match(items, k + 1, text, stop, end);
        }

        private static int fits(List<CharClass> word, char[] text, int at, int end) {
            int stop = at;
            for (CharClass letter : word) {
                if (stop == end) {
                    return -1;
                }
                int point = codePoint(text, stop, end);
                if (!letter.contains(point)) {
                    return -1;
                }
                stop += Character.charCount(point);
            }
            return stop;
        }
    }

    /** Holds where the text ends or a code point of {@code chars} follows. */
    record EndOr(CharClass chars) implements Item {
        @Override
        public int match(Item[] items, int k, char[] text, int at, int end) {
            if (at < end && !chars.contains(codePoint(text, at, end))) {
                return -1;
            }
            return k + 1 == items.length ? at : items[k + 1].match(items, k + 1, text, at, end);
        }
    }

    private final Item[][] alternatives;

    SplitPattern(List<List<Item>> alternatives) {
        this.alternatives = new Item[alternatives.size()][];
        for (int i = 0; i < this.alternatives.length; i++) {
            this.alternatives[i] = alternatives.get(i).toArray(new Item[0]);
        }
    }

    /**
     * Reads {@code pattern}.
     *
     * @throws IllegalArgumentException if it uses what this class cannot do
     */
    static SplitPattern of(String pattern) {
        return new SplitPatternReader(pattern).read();
    }

    @Override
    public long find(char[] text, int at, int end) {
        for (int start = at; start < end; start += Character.charCount(codePoint(text, start, end))) {
            for (Item[] alternative : alternatives) {
                int stop = alternative[0].match(alternative, 0, text, start, end);
                if (stop > start) {
                    return (long) start << 32 | stop;
                }
            }
        }
        return NOTHING;
    }

    private static int codePoint(char[] text, int at, int end) {
        char c = text[at];
        return Character.isHighSurrogate(c) && at + 1 < end ? Character.toCodePoint(c, text[at + 1]) : c;
    }
}
