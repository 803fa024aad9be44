package io.theseus.engine.tokenizer;

/** The pattern {@code \s+$}, found from the end: searching it forwards costs the square of a run of spaces. */
record TrailingSpace() implements SplitRule {
    @Override
    public long find(char[] text, int at, int end) {
        int start = end;
        while (start > at && CharClass.isWhiteSpace(text[start - 1])) {
            start--;
        }
        return start == end ? NOTHING : (long) start << 32 | end;
    }
}
