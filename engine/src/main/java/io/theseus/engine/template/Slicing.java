package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's extended slices. */
final class Slicing {
    private Slicing() {}

    /** {@code value[start:stop:step]}; null bounds are left out. Not sliceable = undefined, as Jinja has it. */
    static Object slice(Object value, @Nullable Object start, @Nullable Object stop, @Nullable Object step, Work work) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!isIndex(start) || !isIndex(stop) || !isIndex(step) || !isSliceable(value)) {
            return Undefined.because(Values.typeName(value) + " object cannot be sliced like this");
        }
        long by = step == null ? 1 : Numbers.index(step);
        if (by == 0) {
            throw TemplateFault.value("slice step cannot be zero");
        }
        long length = Values.length(value);
        long from = clip(start, by > 0 ? 0 : length - 1, length, by);
        long to = clip(stop, by > 0 ? length : -1, length, by);
        long count = by > 0 ? Math.max(0, (to - from + by - 1) / by) : Math.max(0, (from - to - by - 1) / -by);
        work.elements(count);
        if (value instanceof String text) {
            return text(text, (int) from, (int) count, by, work);
        }
        if (value instanceof Markup markup) {
            return new Markup(text(markup.text(), (int) from, (int) count, by, work));
        }
        if (value instanceof Range range) {
            long first = range.start() + from * range.step();
            return new Range(first, range.start() + to * range.step(), range.step() * by);
        }
        List<Object> items = Values.list(value, work);
        List<Object> part = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            part.add(items.get((int) (from + i * by)));
        }
        return value instanceof Tuple ? new Tuple(part) : part;
    }

    private static String text(String text, int from, int count, long by, Work work) {
        work.text(text.length());
        if (count == 0) {
            return "";
        }
        if (by == 1) {
            return CodePoints.slice(text, from, from + count);
        }
        int[] characters = text.codePoints().toArray();
        StringBuilder part = new StringBuilder(count);
        for (long i = 0; i < count; i++) {
            part.appendCodePoint(characters[(int) (from + i * by)]);
        }
        return part.toString();
    }

    private static boolean isSliceable(Object value) {
        return Values.isText(value) || value instanceof List || value instanceof Tuple || value instanceof Range;
    }

    private static boolean isIndex(@Nullable Object bound) {
        return bound == null || Numbers.isInteger(bound);
    }

    private static long clip(@Nullable Object bound, long absent, long length, long by) {
        if (bound == null) {
            return absent;
        }
        long index = Numbers.index(bound);
        index = index < 0 ? Math.max(index + length, by > 0 ? 0 : -1) : index;
        return Math.min(index, by > 0 ? length : length - 1);
    }
}
