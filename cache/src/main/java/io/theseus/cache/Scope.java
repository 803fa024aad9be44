package io.theseus.cache;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/** Who an answer may be given to. */
public enum Scope {
    /** Those who ask this node. */
    PRIVATE("private"),
    /** Other nodes as well. */
    SWARM("swarm");

    private final String word;

    Scope(String word) {
        this.word = word;
    }

    /** As headers, settings, JSON and people have it. */
    public String word() {
        return word;
    }

    /**
     * The scope with this word.
     *
     * @throws TheseusException {@code BAD_INPUT} if there is none
     */
    public static Scope of(String word) {
        for (Scope scope : values()) {
            if (scope.word.equals(word)) {
                return scope;
            }
        }
        throw new TheseusException(
                ErrorCode.BAD_INPUT, "there is no scope called \"" + word + "\"; expected private or swarm");
    }
}
