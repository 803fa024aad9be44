package io.theseus.orchestrator;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a caller allows to be done with remembered answers.
 *
 * <p>Source: RFC 9111, 5.2.1 (request directives of Cache-Control); directives that are not listed here are ignored, as it asks.
 *
 * @param noStore this answer is not remembered
 * @param noCache it is computed anew, whatever is remembered
 * @param onlyIfCached it is not computed: remembered or nothing
 * @param maxAge oldest remembered answer that will do
 */
public record CacheControl(boolean noStore, boolean noCache, boolean onlyIfCached, Optional<Duration> maxAge) {
    /** Remembered if possible, and remembered from then on. */
    public static final CacheControl DEFAULT = new CacheControl(false, false, false, Optional.empty());

    /** Neither served from what is remembered nor remembered. */
    public static final CacheControl NONE = new CacheControl(true, true, false, Optional.empty());

    /**
     * Reads a {@code Cache-Control} header.
     *
     * @throws TheseusException {@code BAD_INPUT} if max-age is not a number of seconds
     */
    public static CacheControl parse(String header) {
        boolean noStore = false;
        boolean noCache = false;
        boolean onlyIfCached = false;
        Optional<Duration> maxAge = Optional.empty();
        for (String part : header.split(",", -1)) {
            String directive = part.strip().toLowerCase(Locale.ROOT);
            switch (directive) {
                case "no-store" -> noStore = true;
                case "no-cache" -> noCache = true;
                case "only-if-cached" -> onlyIfCached = true;
                default -> {
                    if (directive.startsWith("max-age=")) {
                        maxAge = Optional.of(seconds(directive.substring("max-age=".length())));
                    }
                }
            }
        }
        return new CacheControl(noStore, noCache, onlyIfCached, maxAge);
    }

    private static Duration seconds(String text) {
        String digits = text.replaceFirst("^\"(.*)\"$", "$1");
        if (!digits.matches("\\d{1,12}")) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "max-age is \"" + digits + "\", expected a whole number of seconds");
        }
        return Duration.ofSeconds(Long.parseLong(digits));
    }

    /** Whether remembered answers may be served at all. */
    public boolean reads() {
        return !noCache;
    }

    /** Whether the answer may be remembered. */
    public boolean writes() {
        return !noStore && !onlyIfCached;
    }
}
