package io.theseus.core;

import org.jspecify.annotations.Nullable;

/** The one exception of the program. Its message says what failed, the value, and what to do about it. */
public final class TheseusException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ErrorCode code;

    public TheseusException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public TheseusException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
