package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Filters on sequences and dicts. */
final class SequenceFilters {
    private SequenceFilters() {}

    static Object apply(String name, Object value, Arguments arguments, Frame frame) {
        Work work = frame.work();
        return switch (name) {
            case "list" -> {
                arguments.bind(name, 0);
                yield new ArrayList<>(Values.list(value, work));
            }
            case "items" -> {
                arguments.bind(name, 0);
                if (!(value instanceof Dict) && !(value instanceof Undefined)) {
                    throw TemplateFault.type("Can only get item pairs from a mapping.");
                }
                yield new OneShot(value instanceof Dict dict ? dict.items() : List.of());
            }
            case "join" -> join(value, arguments, work);
            case "first" -> {
                arguments.bind(name, 0);
                Iterator<Object> items = Values.iterate(value);
                yield items.hasNext() ? items.next() : Undefined.because("No first item, sequence was empty.");
            }
            case "last" -> {
                arguments.bind(name, 0);
                List<Object> items = reversible(value, work);
                yield items.isEmpty() ? Undefined.because("No last item, sequence was empty.") : items.getLast();
            }
            case "reverse" -> {
                arguments.bind(name, 0);
                yield reverse(value, work);
            }
            case "sort" -> {
                @Nullable Object[] bound = arguments.bind(name, 0, "reverse", "case_sensitive", "attribute");
                Comparator<Object> order = order(paths(bound[2]), isTrue(bound[1]), work);
                yield sorted(Values.list(value, work), isTrue(bound[0]) ? order.reversed() : order);
            }
            case "dictsort" -> dictSort(value, arguments, work);
            case "unique" -> {
                @Nullable Object[] bound = arguments.bind(name, 0, "case_sensitive", "attribute");
                AttributePath path = AttributePath.of(bound[1], null);
                Set<Object> seen = new HashSet<>();
                List<Object> kept = new ArrayList<>();
                for (Object item : Values.list(value, work)) {
                    if (seen.add(Dict.keyOf(folded(path.follow(item, work), isTrue(bound[0]))))) {
                        kept.add(item);
                    }
                }
                yield new OneShot(kept);
            }
            case "min", "max" -> {
                @Nullable Object[] bound = arguments.bind(name, 0, "case_sensitive", "attribute");
                Comparator<Object> order = order(List.of(AttributePath.of(bound[1], null)), isTrue(bound[0]), work);
                List<Object> items = Values.list(value, work);
                yield items.isEmpty()
                        ? Undefined.because("No aggregated item, sequence was empty.")
                        : extreme(items, name.equals("min") ? order : order.reversed());
            }
            case "sum" -> {
                @Nullable Object[] bound = arguments.bind(name, 0, "attribute", "start");
                AttributePath path = AttributePath.of(bound[0], null);
                Object sum = bound[1] == null ? (Object) 0L : bound[1];
                for (Object item : Values.list(value, work)) {
                    sum = Arithmetics.apply(Operation.Arithmetic.ADD, sum, path.follow(item, work), frame);
                }
                yield sum;
            }
            case "batch" -> {
                @Nullable Object[] bound = arguments.bind(name, 1, "linecount", "fill_with");
                yield batch(Values.list(value, work), count(bound[0], name), filler(bound[1]), work);
            }
            case "slice" -> {
                @Nullable Object[] bound = arguments.bind(name, 1, "slices", "fill_with");
                yield slice(Values.list(value, work), count(bound[0], name), filler(bound[1]), work);
            }
            default -> throw new TemplateFault(TemplateFault.Kind.RUNTIME, "No filter named '" + name + "'.");
        };
    }

    private static boolean isTrue(@Nullable Object value) {
        return value != null && Values.truth(value);
    }

    private static @Nullable Object filler(@Nullable Object value) {
        return value == None.NONE ? null : value;
    }

    private static long count(@Nullable Object value, String name) {
        long count = Numbers.index(value == null ? None.NONE : value);
        if (count <= 0) {
            throw TemplateFault.value(name + " needs a positive count, got " + count);
        }
        return count;
    }

    private static String join(Object value, Arguments arguments, Work work) {
        @Nullable Object[] bound = arguments.bind("join", 0, "d", "attribute");
        String separator = bound[0] == null ? "" : PythonText.str(bound[0], work);
        AttributePath path = AttributePath.of(bound[1], null);
        StringBuilder out = new StringBuilder();
        Iterator<Object> items = Values.iterate(value);
        for (boolean first = true; items.hasNext(); first = false) {
            String item = PythonText.str(path.follow(items.next(), work), work);
            out.append(first ? "" : separator).append(item);
            work.spend(1 + (separator.length() + item.length() >> 3));
            if (out.length() > Work.MAX_TEXT) {
                work.text(out.length());
            }
        }
        return out.toString();
    }

    private static List<Object> reversible(Object value, Work work) {
        if (value instanceof OneShot || value instanceof Loop) {
            throw TemplateFault.type("'" + Values.typeName(value) + "' object is not reversible");
        }
        return Values.list(value, work);
    }

    private static Object reverse(Object value, Work work) {
        if (Values.isText(value)) {
            return Slicing.slice(value, null, null, -1L, work);
        }
        List<Object> items = new ArrayList<>(Values.list(value, work));
        Collections.reverse(items);
        return value instanceof OneShot ? items : new OneShot(items);
    }

    private static List<AttributePath> paths(@Nullable Object attribute) {
        if (attribute == null || !Values.isText(attribute)) {
            return List.of(AttributePath.of(attribute, null));
        }
        List<AttributePath> paths = new ArrayList<>();
        for (String part : Values.textOf(attribute).split(",", -1)) {
            paths.add(AttributePath.of(part, null));
        }
        return paths;
    }

    private static Object folded(Object value, boolean caseSensitive) {
        return !caseSensitive && Values.isText(value) ? Casing.lower(Values.textOf(value)) : value;
    }

    private static Comparator<Object> order(List<AttributePath> paths, boolean caseSensitive, Work work) {
        return (a, b) -> {
            work.spend(1);
            for (AttributePath path : paths) {
                Object x = folded(path.follow(a, work), caseSensitive);
                Object y = folded(path.follow(b, work), caseSensitive);
                int sign = x == y && !(x instanceof Undefined) ? 0 : Ordering.compare(x, y, "<", work);
                if (sign != 0) {
                    return sign;
                }
            }
            return 0;
        };
    }

    private static List<Object> sorted(List<Object> items, Comparator<Object> order) {
        List<Object> sorted = new ArrayList<>(items);
        sorted.sort(order);
        return sorted;
    }

    @SuppressWarnings("ReferenceEquality") // spares comparing an item with itself
    private static Object extreme(List<Object> items, Comparator<Object> order) {
        Object best = items.getFirst();
        for (Object item : items) {
            if (item != best && order.compare(item, best) < 0) {
                best = item;
            }
        }
        return best;
    }

    private static Object dictSort(Object value, Arguments arguments, Work work) {
        @Nullable Object[] bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        if (!(value instanceof Dict dict)) {
            throw value instanceof Undefined undefined
                    ? undefined.fault()
                    : TemplateFault.type("'" + Values.typeName(value) + "' object has no attribute 'items'");
        }
        String by = bound[1] == null ? "key" : PythonText.str(bound[1], work);
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateFault(TemplateFault.Kind.ARGUMENT, "You can only sort by either \"key\" or \"value\"");
        }
        AttributePath place = new AttributePath(List.of(by.equals("key") ? 0L : 1L), null);
        Comparator<Object> order = order(List.of(place), isTrue(bound[0]), work);
        return sorted(dict.items(), isTrue(bound[2]) ? order.reversed() : order);
    }

    private static Object batch(List<Object> items, long size, @Nullable Object fill, Work work) {
        List<Object> batches = new ArrayList<>();
        for (int from = 0; from < items.size(); from += (int) Math.min(size, items.size() - from)) {
            List<Object> batch = new ArrayList<>(items.subList(from, (int) Math.min(items.size(), from + size)));
            if (fill != null && batch.size() < size) {
                work.elements(size);
                batch.addAll(Collections.nCopies((int) (size - batch.size()), fill));
            }
            batches.add(batch);
        }
        return new OneShot(batches);
    }

    private static Object slice(List<Object> items, long slices, @Nullable Object fill, Work work) {
        work.elements(slices);
        List<Object> parts = new ArrayList<>();
        long size = items.size() / slices;
        long extra = items.size() % slices;
        int from = 0;
        for (long i = 0; i < slices; i++) {
            int to = (int) (from + size + (i < extra ? 1 : 0));
            List<Object> part = new ArrayList<>(items.subList(from, to));
            if (fill != null && i >= extra) {
                part.add(fill);
            }
            parts.add(part);
            from = to;
        }
        return new OneShot(parts);
    }
}
