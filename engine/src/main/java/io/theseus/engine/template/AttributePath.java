package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way into nested values, such as {@code "function.name"} or {@code "items.0"}.
 *
 * @param keys followed one after the other
 * @param fallback for what is undefined on the way; null = none
 */
record AttributePath(List<Object> keys, @Nullable Object fallback) {
    /** Leads to the value itself. */
    static final AttributePath SELF = new AttributePath(List.of(), null);

    static AttributePath of(@Nullable Object attribute, @Nullable Object fallback) {
        if (attribute == null || attribute == None.NONE) {
            return SELF;
        }
        if (!Values.isText(attribute)) {
            return new AttributePath(List.of(attribute), fallback);
        }
        List<Object> keys = new ArrayList<>();
        for (String part : Values.textOf(attribute).split("\\.", -1)) {
            keys.add(Casing.is("isdigit", part) && part.length() < 18 ? number(part) : part);
        }
        return new AttributePath(keys, fallback == None.NONE ? null : fallback);
    }

    private static Object number(String digits) {
        return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? (Object) Long.parseLong(digits) : digits;
    }

    Object follow(Object value, Work work) {
        Object found = value;
        for (Object key : keys) {
            work.spend(1);
            found = Members.item(found, key);
            if (found instanceof Undefined && fallback != null) {
                found = fallback;
            }
        }
        return found;
    }
}
