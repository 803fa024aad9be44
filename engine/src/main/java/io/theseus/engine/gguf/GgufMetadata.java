package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The key-value part of a GGUF file.
 *
 * <p>Values are {@link Long} (every integer type), {@link Double} ({@code f32} widened exactly, and {@code f64}), {@link Boolean},
 * {@link String}, or an array: {@code String[]}, {@code long[]}, {@code float[]}, {@code double[]}, {@code boolean[]},
 * {@code List<Object>} for an array of arrays.
 */
public final class GgufMetadata {
    private final Map<String, Object> entries;

    public GgufMetadata(Map<String, Object> entries) {
        this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** All entries in the file's order. */
    public Map<String, Object> entries() {
        return entries;
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
        return typed(key, String[].class, "an array of strings").map(List::of);
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
                    "metadata " + key + " is " + value + ", expected " + min + " to " + max
                            + "; the file is damaged or made for another program");
        }
        return (int) value;
    }

    private <T> Optional<T> typed(String key, Class<T> type, String expected) {
        Object value = entries.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    "metadata " + key + " is a " + value.getClass().getSimpleName() + ", expected " + expected
                            + "; the file is damaged or made for another program");
        }
        return Optional.of(type.cast(value));
    }

    private static TheseusException missing(String key) {
        return new TheseusException(
                ErrorCode.MODEL_INVALID,
                "metadata " + key + " is missing; the file is incomplete or not a language model");
    }
}
