package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's ways to take a string apart. */
final class Splitting {
    private Splitting() {}

    /**
     * {@code text.split(separator, limit)}, or {@code rsplit} when {@code fromRight}.
     *
     * @param separator null = runs of whitespace
     * @param limit most splits; negative = no limit
     */
    static List<Object> split(String text, @Nullable String separator, long limit, boolean fromRight, Work work) {
        long splits = limit < 0 ? Long.MAX_VALUE : limit;
        List<Object> parts = separator == null
                ? atSpaces(text, splits, fromRight, work)
                : at(text, separator, splits, fromRight, work);
        if (fromRight) {
            Collections.reverse(parts);
        }
        return parts;
    }

    private static List<Object> at(String text, String separator, long splits, boolean fromRight, Work work) {
        if (separator.isEmpty()) {
            throw TemplateFault.value("empty separator");
        }
        work.search(text.length(), separator.length());
        List<Object> parts = new ArrayList<>();
        int from = 0;
        int to = text.length();
        for (long left = splits; left > 0; left--) {
            int at = fromRight ? text.lastIndexOf(separator, to - separator.length()) : text.indexOf(separator, from);
            if (at < 0 || (fromRight && to < separator.length())) {
                break;
            }
            parts.add(fromRight ? text.substring(at + separator.length(), to) : text.substring(from, at));
            work.spend(1);
            if (fromRight) {
                to = at;
            } else {
                from = at + separator.length();
            }
        }
        parts.add(text.substring(from, to));
        return parts;
    }

    /** The rest after the last split keeps its spaces at the far end, as in Python. */
    private static List<Object> atSpaces(String text, long splits, boolean fromRight, Work work) {
        List<Object> parts = new ArrayList<>();
        int step = fromRight ? -1 : 1;
        int end = fromRight ? -1 : text.length();
        int i = fromRight ? text.length() - 1 : 0;
        for (long left = splits; ; left--) {
            while (i != end && CodePoints.isSpace(text.charAt(i))) {
                i += step;
            }
            if (i == end) {
                return parts;
            }
            work.spend(1);
            int start = i;
            if (left == 0) {
                parts.add(fromRight ? text.substring(0, i + 1) : text.substring(i));
                return parts;
            }
            while (i != end && !CodePoints.isSpace(text.charAt(i))) {
                i += step;
            }
            parts.add(fromRight ? text.substring(i + 1, start + 1) : text.substring(start, i));
        }
    }

    /** {@code text.partition(separator)}, or {@code rpartition}. */
    static Tuple partition(String text, String separator, boolean fromRight, Work work) {
        if (separator.isEmpty()) {
            throw TemplateFault.value("empty separator");
        }
        work.search(text.length(), separator.length());
        int at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return fromRight ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    /** {@code text.splitlines(keepEnds)}. */
    static List<String> lines(String text, boolean keepEnds, Work work) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean end = (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
            if (end) {
                int next = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
                lines.add(text.substring(from, keepEnds ? next : i));
                work.spend(1);
                from = next;
                i = next - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }
}
