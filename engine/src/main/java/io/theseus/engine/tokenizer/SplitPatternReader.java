package io.theseus.engine.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** Reads a {@link SplitPattern} from regular-expression syntax. */
final class SplitPatternReader {
    private final String pattern;
    private int at;
    private boolean ignoreCase;

    SplitPatternReader(String pattern) {
        this.pattern = pattern;
    }

    SplitPattern read() {
        List<List<SplitPattern.Item>> alternatives = alternatives();
        if (at < pattern.length()) {
            throw unknown();
        }
        return new SplitPattern(alternatives);
    }

    private List<List<SplitPattern.Item>> alternatives() {
        List<List<SplitPattern.Item>> alternatives = new ArrayList<>();
        do {
            List<SplitPattern.Item> items = new ArrayList<>();
            while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
                items.add(item());
            }
            if (items.isEmpty()) {
                throw unknown();
            }
            alternatives.add(items);
        } while (accept("|"));
        return alternatives;
    }

    private SplitPattern.Item item() {
        if (accept("(?!\\S)")) {
            return new SplitPattern.EndOr(new CharClass.Builder().whiteSpace().build());
        }
        if (accept("(?i:")) {
            ignoreCase = true;
            return group();
        }
        if (accept("(?:")) {
            return group();
        }
        return run(accept("[") ? set() : single());
    }

    private SplitPattern.Group group() {
        List<List<SplitPattern.Item>> words = alternatives();
        ignoreCase = false;
        if (!accept(")")) {
            throw unknown();
        }
        List<List<CharClass>> plain = new ArrayList<>();
        for (List<SplitPattern.Item> word : words) {
            List<CharClass> letters = new ArrayList<>();
            for (SplitPattern.Item item : word) {
                if (!(item instanceof SplitPattern.Run run) || run.min() != 1 || run.max() != 1) {
                    throw new IllegalArgumentException("a group of more than plain words in " + pattern);
                }
                letters.add(run.chars());
            }
            plain.add(letters);
        }
        return new SplitPattern.Group(plain, accept("?"));
    }

    private SplitPattern.Run run(CharClass chars) {
        int min = 1;
        int max = 1;
        if (accept("?")) {
            min = 0;
        } else if (accept("*")) {
            min = 0;
            max = Integer.MAX_VALUE;
        } else if (accept("+")) {
            max = Integer.MAX_VALUE;
        } else if (accept("{")) {
            int close = pattern.indexOf('}', at);
            String[] bounds = pattern.substring(at, close).split(",", 2);
            min = Integer.parseInt(bounds[0]);
            max = Integer.parseInt(bounds[bounds.length - 1]);
            at = close + 1;
        }
        return new SplitPattern.Run(chars, min, max, accept("+"));
    }

    private CharClass single() {
        CharClass.Builder builder = new CharClass.Builder();
        int c = take();
        if (c == '\\') {
            escape(builder);
        } else if ("()?*+{}^$.".indexOf(c) >= 0) {
            at--;
            throw unknown();
        } else {
            letter(builder, c);
        }
        return builder.build();
    }

    private CharClass set() {
        CharClass.Builder builder = new CharClass.Builder();
        if (accept("^")) {
            builder.negate();
        }
        while (!accept("]")) {
            int first = take();
            if (first == '\\') {
                int literal = escape(builder);
                if (literal < 0) {
                    continue;
                }
                first = literal;
            }
            int last = first;
            if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                at++;
                last = take();
            }
            if (last == first) {
                letter(builder, first);
            } else {
                builder.range(first, last);
            }
        }
        return builder.build();
    }

    /** Adds what an escape stands for: a class, or a character, which is returned (outside sets it is added here) or -1. */
    private int escape(CharClass.Builder builder) {
        int c = take();
        switch (c) {
            case 's' -> builder.whiteSpace();
            case 'S' -> builder.whiteSpace().negate();
            case 'p' -> {
                int close = pattern.indexOf('}', at);
                builder.category(pattern.substring(at + 1, close));
                at = close + 1;
            }
            default -> {
                int literal = c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c;
                builder.range(literal, literal);
                return literal;
            }
        }
        return -1;
    }

    private void letter(CharClass.Builder builder, int c) {
        builder.range(c, c);
        if (ignoreCase && Character.isLetter(c)) {
            int upper = Character.toUpperCase(c);
            builder.range(upper, upper);
            if (c == 's') {
                builder.range('ſ', 'ſ'); // the long s folds to s too
            }
        }
    }

    private int take() {
        if (at >= pattern.length()) {
            throw unknown();
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private boolean accept(String text) {
        if (pattern.startsWith(text, at)) {
            at += text.length();
            return true;
        }
        return false;
    }

    private IllegalArgumentException unknown() {
        return new IllegalArgumentException("cannot read the pattern " + pattern + " at character " + at);
    }
}
