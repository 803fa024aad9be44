package io.theseus.engine.tokenizer;

/** What a token of the vocabulary is for; the order is that of GGUF's {@code tokenizer.ggml.token_type}, 1 to 6. */
enum TokenKind {
    NORMAL,
    /** Stands for text the vocabulary cannot express. */
    UNKNOWN,
    /** Structure of a prompt, such as the start of a turn; never stands for what a user wrote. */
    CONTROL,
    /** Matched in every text before anything else happens to it. */
    USER_DEFINED,
    UNUSED,
    /** One byte, named {@code <0x00>} to {@code <0xFF>}. */
    BYTE;

    private static final TokenKind[] ALL = values();

    /** The kind with GGUF code {@code code}; undefined (0) counts as normal. */
    static TokenKind of(long code) {
        return code >= 1 && code <= ALL.length ? ALL[(int) code - 1] : NORMAL;
    }

    /** Whether a token of this kind is structure rather than text. */
    boolean isStructure() {
        return this == CONTROL || this == UNKNOWN;
    }
}
