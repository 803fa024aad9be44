package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The key-value part of a GGUF file.
 *
 * <p>Values are {@link Long} (every integer type), {@link Double} ({@code f32} widened exactly, and {@code f64}), {@link Boolean},
 * {@link String}, or an array: {@code String[]}, {@code long[]}, {@code float[]}, {@code double[]}, {@code boolean[]},
 * {@code List<Object>} for an array of arrays. A {@code u64} from 2^63 on shows as negative.
 */
public final class GgufMetadata {
    private final Map<String, Object> entries;
    private final String prefix;

    /** Metadata with values of the types above. */
    public GgufMetadata(Map<String, Object> entries) {
        this(entries, "");
    }

    /** Metadata whose texts and arrays may still lie in a header; {@code prefix} goes before each message. */
    GgufMetadata(Map<String, Object> entries, String prefix) {
        this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        this.prefix = prefix;
    }

    /** All keys in the file's order. */
    public Set<String> keys() {
        return entries.keySet();
    }

    /** All entries in the file's order, decoded anew by each call; malformed UTF-8 shows as U+FFFD. */
    public Map<String, Object> entries() {
        Map<String, Object> decoded = new LinkedHashMap<>();
        entries.forEach((key, value) -> decoded.put(
                key,
                switch (value) {
                    case GgufValues.Text text -> text.toString();
                    case GgufValues.Array array -> array.decode(key, false);
                    default -> value;
                }));
        return Collections.unmodifiableMap(decoded);
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    public Optional<String> string(String key) {
        return typed(key, String.class, "a string");
    }

    public OptionalLong integer(String key) {
        Optional<Long> value = typed(key, Long.class, "an integer");
        return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
    }

    /** A floating-point entry; an integer entry is widened. */
    public OptionalDouble real(String key) {
        Object value = entries.get(key);
        if (value instanceof Long l) {
            return OptionalDouble.of(l);
        }
        Optional<Double> real = typed(key, Double.class, "a number");
        return real.isPresent() ? OptionalDouble.of(real.get()) : OptionalDouble.empty();
    }

    public Optional<Boolean> bool(String key) {
        return typed(key, Boolean.class, "a boolean");
    }

    public Optional<List<String>> strings(String key) {
        return typed(key, String[].class, "an array of strings")
                .map(values -> Collections.unmodifiableList(Arrays.asList(values)));
    }

    public Optional<long[]> integers(String key) {
        return typed(key, long[].class, "an array of integers").map(long[]::clone);
    }

    public Optional<float[]> floats(String key) {
        return typed(key, float[].class, "an array of f32").map(float[]::clone);
    }

    /**
     * The entry of {@code key}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if it is missing or of another type
     */
    public String requireString(String key) {
        return string(key).orElseThrow(() -> missing(key));
    }

    /**
     * The entry of {@code key} as an {@code int} of at least {@code min} and at most {@code max}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if it is missing, of another type or out of range
     */
    public int requireInt(String key, long min, long max) {
        long value = integer(key).orElseThrow(() -> missing(key));
        if (value < min || value > max || value != (int) value) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    prefix + "metadata " + key + " is " + value + ", expected " + min + " to " + max
                            + "; the file is damaged or made for another program");
        }
        return (int) value;
    }

    private static Object decode(String key, Object stored, boolean strict) {
        // Not a pattern switch: its bootstrap takes 10 ms of a cold start.
        if (stored instanceof GgufValues.Text text) {
            return strict ? text.decode(key) : text.toString();
        }
        return stored instanceof GgufValues.Array array ? array.decode(key, strict) : stored;
    }

    private <T> Optional<T> typed(String key, Class<T> type, String expected) {
        Object stored = entries.get(key);
        if (stored == null) {
            return Optional.empty();
        }
        Object value = decode(key, stored, true);
        if (!type.isInstance(value)) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    prefix + "metadata " + key + " is a " + value.getClass().getSimpleName() + ", expected " + expected
                            + "; the file is damaged or made for another program");
        }
        return Optional.of(type.cast(value));
    }

    private TheseusException missing(String key) {
        return new TheseusException(
                ErrorCode.MODEL_INVALID,
                prefix + "metadata " + key + " is missing; the file is incomplete or not a language model");
    }
}
