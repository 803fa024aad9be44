package io.theseus.core;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one exception of the program. Its message says what failed, the value, and what to do about it. */
public final class TheseusException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ErrorCode code;
    private final @Nullable Duration retryAfter;

    public TheseusException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public TheseusException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, null);
    }

    private TheseusException(ErrorCode code, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** {@link ErrorCode#BUSY}, with an estimate of when the same request would be taken. */
    public static TheseusException busy(String message, Duration retryAfter) {
        return new TheseusException(ErrorCode.BUSY, message, null, retryAfter);
    }

    /** When to try again, where whoever failed has an estimate (HTTP's Retry-After). */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    public ErrorCode code() {
        return code;
    }
}
