package io.theseus.engine.tokenizer;

/** Finds the next piece of a text that stands for itself; what lies between pieces stands for itself too. Immutable. */
sealed interface SplitRule permits SplitPattern, TrailingSpace {
    long NOTHING = -1;

    /**
     * The first piece in {@code text[at, end)}, never empty; what lies before {@code at} and from {@code end} on is not looked at.
     *
     * @return start << 32 | end of the piece, or {@link #NOTHING}
     */
    long find(char[] text, int at, int end);
}
