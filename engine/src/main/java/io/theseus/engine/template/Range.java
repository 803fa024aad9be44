package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;

/** Python's range, at most {@link #MAX} long as in Jinja's sandbox. */
record Range(long start, long stop, long step) {
    static final int MAX = 100_000;

    Range {
        if (step == 0) {
            throw TemplateFault.value("range() arg 3 must not be zero");
        }
        if (length(start, stop, step) > MAX) {
            throw new TemplateFault(
                    TemplateFault.Kind.OVERFLOW,
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX + ").");
        }
    }

    int length() {
        return (int) length(start, stop, step);
    }

    private static double length(long start, long stop, long step) {
        double span = step > 0 ? (double) stop - start : (double) start - stop;
        return span <= 0 ? 0 : Math.ceil(span / Math.abs((double) step));
    }

    List<Object> items() {
        int length = length();
        List<Object> items = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            items.add(start + i * step);
        }
        return items;
    }
}
