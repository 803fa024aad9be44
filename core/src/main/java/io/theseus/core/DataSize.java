package io.theseus.core;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes, written like {@code 512MiB}, {@code 1.5GB} or {@code 4096}: binary units are powers of 1024, decimal ones of
 * 1000, and no unit means bytes. A fraction of a byte is dropped.
 *
 * @param bytes at least 0
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s*([a-zA-Z]*)");
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB"};

    public DataSize {
        if (bytes < 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "a size of " + bytes + " bytes; expected 0 or more");
        }
    }

    public static DataSize ofMebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /**
     * Reads {@code text}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if it is not a size, or larger than 2^63 - 1 bytes
     */
    public static DataSize parse(String text) {
        Matcher m = TEXT.matcher(text.strip());
        if (!m.matches()) {
            throw malformed(text);
        }
        BigDecimal bytes = new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit(m.group(2), text)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw malformed(text);
        }
        return new DataSize(bytes.longValue());
    }

    /** The largest binary unit with at most one decimal, for people: {@code 93.8 MiB}. */
    public String forPeople() {
        int unit = 0;
        double value = bytes;
        while (value >= 1023.95 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, BINARY[unit]);
    }

    /** The exact value in the largest binary unit that divides it: {@code 512MiB}; {@link #parse} reads it back. */
    @Override
    public String toString() {
        int unit = 0;
        long value = bytes;
        while (value != 0 && value % 1024 == 0 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + "B" : value + BINARY[unit];
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    private static long unit(String name, String text) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k", "kib" -> 1L << 10;
            case "m", "mib" -> 1L << 20;
            case "g", "gib" -> 1L << 30;
            case "t", "tib" -> 1L << 40;
            case "kb" -> 1_000;
            case "mb" -> 1_000_000;
            case "gb" -> 1_000_000_000;
            case "tb" -> 1_000_000_000_000L;
            default -> throw malformed(text);
        };
    }

    private static TheseusException malformed(String text) {
        return new TheseusException(
                ErrorCode.BAD_INPUT, "\"" + text + "\" is not a size; write it like 512MiB, 1.5GB or 4096");
    }
}
