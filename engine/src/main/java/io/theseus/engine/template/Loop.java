package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The variable {@code loop} inside a for loop. Items are drawn one at a time, so that a loop's own filter sees what
 * its body has set; only asking for what lies ahead reads ahead.
 */
final class Loop implements Callable {
    private final Iterator<Object> source;
    private final List<Object> ahead = new ArrayList<>();
    private final int depth0;
    private final @Nullable BiFunction<Object, Integer, String> recursion;
    private @Nullable Object previous;
    private @Nullable Object current;
    private @Nullable Object lastChanged;
    private long index0 = -1;

    Loop(Iterator<Object> source, int depth0, @Nullable BiFunction<Object, Integer, String> recursion) {
        this.source = source;
        this.depth0 = depth0;
        this.recursion = recursion;
    }

    boolean hasNext() {
        return !ahead.isEmpty() || source.hasNext();
    }

    Object next() {
        Object next = ahead.isEmpty() ? source.next() : ahead.removeFirst();
        previous = current;
        current = next;
        index0++;
        return next;
    }

    long length() {
        source.forEachRemaining(ahead::add);
        return index0 + 1 + ahead.size();
    }

    /** What is left of the loop, for a template that iterates over {@code loop} itself. */
    Iterator<Object> items() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return Loop.this.hasNext();
            }

            @Override
            public Object next() {
                return Tuple.of(Loop.this.next(), Loop.this);
            }
        };
    }

    /** The attribute {@code name}, or null if a loop has none of that name. */
    @Nullable
    Object attribute(String name) {
        return switch (name) {
            case "index" -> index0 + 1;
            case "index0" -> index0;
            case "revindex" -> length() - index0;
            case "revindex0" -> length() - index0 - 1;
            case "first" -> index0 == 0;
            case "last" -> !hasNext();
            case "length" -> length();
            case "depth" -> (long) depth0 + 1;
            case "depth0" -> (long) depth0;
            case "previtem" -> previous == null ? Undefined.because("there is no previous item") : previous;
            case "nextitem" -> peek();
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> null;
        };
    }

    private Object peek() {
        if (ahead.isEmpty()) {
            if (!source.hasNext()) {
                return Undefined.because("there is no next item");
            }
            ahead.add(source.next());
        }
        return ahead.getFirst();
    }

    private Object cycle(Arguments arguments, Frame frame) {
        List<Object> values = arguments.positional();
        if (values.isEmpty()) {
            throw TemplateFault.type("no items for cycling given");
        }
        return values.get((int) (index0 % values.size()));
    }

    private Object changed(Arguments arguments, Frame frame) {
        Object values = new Tuple(arguments.positional());
        boolean changed = lastChanged == null || !Ordering.equal(lastChanged, values, frame.work());
        lastChanged = values;
        return changed;
    }

    /** Runs the loop's body over another sequence, one level deeper. */
    @Override
    public Object call(Arguments arguments, Frame frame) {
        if (recursion == null) {
            throw TemplateFault.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        Object items = arguments.bind("loop", 1, "iterable")[0];
        return recursion.apply(items == null ? None.NONE : items, depth0 + 1);
    }

    @Override
    public String toString() {
        return "<LoopContext " + (index0 + 1) + "/" + length() + ">";
    }
}
