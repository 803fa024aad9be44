package io.theseus.engine.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's dict: ordered, with any hashable key, where {@code 1}, {@code 1.0} and {@code True} are one key. */
final class Dict {
    /** A key that is not a string: equal by {@code canonical}, shown as {@code original}. */
    private record Key(Object canonical, Object original) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && canonical.equals(key.canonical);
        }

        @Override
        public int hashCode() {
            return canonical.hashCode();
        }
    }

    private final Map<Object, Object> entries;

    Dict(int expectedSize) {
        entries = LinkedHashMap.newLinkedHashMap(expectedSize);
    }

    Dict(Dict other) {
        entries = new LinkedHashMap<>(other.entries);
    }

    int size() {
        return entries.size();
    }

    void put(Object key, Object value) {
        entries.put(keyOf(key), value);
    }

    void putAll(Dict other) {
        entries.putAll(other.entries);
    }

    @Nullable
    Object get(Object key) {
        return entries.get(key instanceof String ? key : keyOf(key));
    }

    boolean has(Object key) {
        return entries.containsKey(keyOf(key));
    }

    List<Object> keys() {
        List<Object> keys = new ArrayList<>(entries.size());
        for (Object key : entries.keySet()) {
            keys.add(original(key));
        }
        return keys;
    }

    List<Object> values() {
        return new ArrayList<>(entries.values());
    }

    List<Object> items() {
        List<Object> items = new ArrayList<>(entries.size());
        for (Map.Entry<Object, Object> entry : entries.entrySet()) {
            items.add(Tuple.of(original(entry.getKey()), entry.getValue()));
        }
        return items;
    }

    private static Object original(Object key) {
        return key instanceof Key wrapped ? wrapped.original : key;
    }

    /**
     * A key whose {@code equals} is Python's.
     *
     * @throws TemplateFault if {@code value} is not hashable
     */
    static Object keyOf(Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Key key -> key;
            default -> new Key(canonical(value), value);
        };
    }

    private static Object canonical(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? 1L : 0L;
            case BigInteger big -> Numbers.shrink(big);
            case Double real -> Numbers.isIntegral(real) ? Numbers.shrink(Numbers.toInteger(real)) : (Object) real;
            case Tuple tuple -> tuple.items().stream().map(Dict::keyOf).toList();
            case List<?> list -> throw TemplateFault.type("unhashable type: 'list'");
            case Dict dict -> throw TemplateFault.type("unhashable type: 'dict'");
            case Undefined undefined -> Undefined.class;
            default -> value;
        };
    }
}
