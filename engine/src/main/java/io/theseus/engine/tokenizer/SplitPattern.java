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
    sealed interface Item {}

    /** {@code min} to {@code max} code points of {@code chars}, the more the better. */
    record Run(CharClass chars, int min, int max, boolean possessive) implements Item {}

    /** The first of {@code words} that fits, or nothing if {@code optional}. */
    record Group(List<List<Item>> words, boolean optional) implements Item {}

    /** Holds where the text ends or a code point of {@code chars} follows. */
    record EndOr(CharClass chars) implements Item {}

    private final Item[][] alternatives;

    SplitPattern(List<List<Item>> alternatives) {
        this.alternatives =
                alternatives.stream().map(a -> a.toArray(Item[]::new)).toArray(Item[][]::new);
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
                int stop = match(alternative, 0, text, start, end);
                if (stop > start) {
                    return (long) start << 32 | stop;
                }
            }
        }
        return NOTHING;
    }

    /** Where items {@code k...} stop when they match from {@code at}, or -1. */
    private static int match(Item[] items, int k, char[] text, int at, int end) {
        if (k == items.length) {
            return at;
        }
        return switch (items[k]) {
            case Run run -> matchRun(run, items, k, text, at, end);
            case Group group -> {
                int stop = matchGroup(group, text, at, end);
                yield stop < 0 ? -1 : match(items, k + 1, text, stop, end);
            }
            case EndOr follow ->
                at == end || follow.chars.contains(codePoint(text, at, end)) ? match(items, k + 1, text, at, end) : -1;
        };
    }

    private static int matchRun(Run run, Item[] items, int k, char[] text, int at, int end) {
        int count = 0;
        int stop = at;
        while (count < run.max && stop < end) {
            int point = codePoint(text, stop, end);
            if (!run.chars.contains(point)) {
                break;
            }
            stop += Character.charCount(point);
            count++;
        }
        if (count < run.min) {
            return -1;
        }
        if (k + 1 == items.length) {
            return stop;
        }
        while (true) {
            int matched = match(items, k + 1, text, stop, end);
            if (matched >= 0 || run.possessive || count == run.min) {
                return matched;
            }
            stop -= Character.charCount(Character.codePointBefore(text, stop, at));
            count--;
        }
    }

    private static int matchGroup(Group group, char[] text, int at, int end) {
        for (List<Item> word : group.words) {
            int stop = at;
            for (Item item : word) {
                stop = stop < end && ((Run) item).chars.contains(codePoint(text, stop, end))
                        ? stop + Character.charCount(codePoint(text, stop, end))
                        : -1;
                if (stop < 0) {
                    break;
                }
            }
            if (stop >= 0) {
                return stop;
            }
        }
        return group.optional ? at : -1;
    }

    private static int codePoint(char[] text, int at, int end) {
        char c = text[at];
        return Character.isHighSurrogate(c) && at + 1 < end ? Character.toCodePoint(c, text[at + 1]) : c;
    }
}
