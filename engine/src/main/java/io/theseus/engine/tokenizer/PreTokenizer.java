package io.theseus.engine.tokenizer;

import java.util.List;

/**
 * Cuts text into the words inside which byte-pair encoding works.
 *
 * @param rules applied one after the other, each to the pieces that the one before it left
 * @param wholeWords whether a word that is a token is that token, whatever the merges say
 * @param addsBos whether a prompt starts with BOS where the file does not say
 */
record PreTokenizer(List<SplitRule> rules, boolean wholeWords, boolean addsBos) {
    PreTokenizer {
        rules = List.copyOf(rules);
    }

    /** Receives the words of a text in order. */
    @FunctionalInterface
    interface Words {
        void word(int from, int to);
    }

    /** The words of {@code text[from, to)}; together they are the whole range. */
    void split(char[] text, int from, int to, Words words) {
        split(0, text, from, to, words);
    }

    private void split(int rule, char[] text, int from, int to, Words words) {
        if (from == to) {
            return;
        }
        if (rule == rules.size()) {
            words.word(from, to);
            return;
        }
        SplitRule now = rules.get(rule);
        int at = from;
        while (at < to) {
            long found = now.find(text, at, to);
            if (found < 0) {
                break;
            }
            int start = (int) (found >>> 32);
            int end = (int) found;
            split(rule + 1, text, at, start, words);
            split(rule + 1, text, start, end, words);
            at = end;
        }
        split(rule + 1, text, at, to, words);
    }
}
