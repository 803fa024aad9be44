package io.theseus.cache;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/** What the bytes of a remembered answer are. */
public enum AnswerKind {
    /** The events of our own engine. */
    EVENTS("events"),
    /** The response of another engine, as it sent it. */
    UPSTREAM("upstream");

    private final String word;

    AnswerKind(String word) {
        this.word = word;
    }

    /** As the store, JSON and people have it. */
    public String word() {
        return word;
    }

    /**
     * The kind with this word.
     *
     * @throws TheseusException {@code BAD_INPUT} if there is none
     */
    public static AnswerKind of(String word) {
        for (AnswerKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        throw new TheseusException(ErrorCode.BAD_INPUT, "there is no kind of answer called \"" + word + "\"");
    }
}
