package io.theseus.core;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 15s}, {@code 2m}, {@code 1h}, {@code 7d}. A unit is required, save for 0. */
public final class DurationText {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*([a-z]*)");

    private DurationText() {}

    /**
     * Reads {@code text}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if it is not a duration with one unit
     */
    public static Duration parse(String text) {
        Matcher m = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw malformed(text);
        }
        long n = Long.parseLong(m.group(1));
        try {
            return switch (m.group(2)) {
                case "ms" -> Duration.ofMillis(n);
                case "s" -> Duration.ofSeconds(n);
                case "m", "min" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                case "d" -> Duration.ofDays(n);
                case "" -> {
                    if (n != 0) {
                        throw malformed(text);
                    }
                    yield Duration.ZERO;
                }
                default -> throw malformed(text);
            };
        } catch (ArithmeticException e) {
            throw malformed(text);
        }
    }

    /** The value in the largest unit that divides it; {@link #parse} reads it back. Less than a millisecond is dropped. */
    public static String format(Duration duration) {
        long ms = duration.toMillis();
        if (ms == 0 || ms % 1000 != 0) {
            return ms + "ms";
        }
        long s = ms / 1000;
        if (s % 86_400 == 0) {
            return s / 86_400 + "d";
        }
        if (s % 3_600 == 0) {
            return s / 3_600 + "h";
        }
        return s % 60 == 0 ? s / 60 + "m" : s + "s";
    }

    private static TheseusException malformed(String text) {
        return new TheseusException(
                ErrorCode.BAD_INPUT, "\"" + text + "\" is not a duration; write it like 250ms, 15s, 2m or 1h");
    }
}
