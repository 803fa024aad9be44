package io.theseus.engine.tokenizer;

/** One way to cut text into tokens; the text holds no special tokens any more. Immutable, safe for many threads. */
sealed interface TextEncoder permits BytePairEncoder, SentencePieceEncoder, UnigramEncoder, WordPieceEncoder {
    /**
     * Appends the ids of {@code text[from, to)} to {@code out}.
     *
     * @param text well-formed UTF-16
     * @param atStart whether the range is at the start of the text or follows a special token
     */
    void encode(char[] text, int from, int to, boolean atStart, TokenBuffer out);

    /** The bytes that token {@code id}, which is not special, stands for. */
    byte[] bytes(int id);
}
