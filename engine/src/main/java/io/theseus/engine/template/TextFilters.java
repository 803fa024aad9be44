package io.theseus.engine.template;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Filters on text; any other value is turned into text first, as Jinja does. */
final class TextFilters {
    private TextFilters() {}

    static Object apply(String name, Object value, Arguments arguments, Frame frame) {
        Work work = frame.work();
        if (name.equals("urlencode")) {
            arguments.bind(name, 0);
            return urlEncode(value, work);
        }
        if (name.equals("indent") && !Values.isText(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.fault()
                    : TemplateFault.type(
                            "unsupported operand type(s) for +=: '" + Values.typeName(value) + "' and 'str'");
        }
        String text = PythonText.str(value, work);
        work.text(text.length());
        Object result = text(name, text, arguments, frame);
        return value instanceof Markup
                        && result instanceof String plain
                        && !name.equals("replace")
                        && !name.equals("title")
                ? new Markup(plain)
                : result;
    }

    private static Object text(String name, String text, Arguments arguments, Frame frame) {
        Work work = frame.work();
        switch (name) {
            case "upper", "lower", "capitalize" -> {
                return StringMethods.call(text, name, arguments, frame);
            }
            case "title" -> {
                arguments.bind(name, 0);
                return title(text);
            }
            case "trim" -> {
                Object chars = arguments.bind(name, 0, "chars")[0];
                return StringMethods.call(
                        text,
                        "strip",
                        new Arguments(List.of(chars == null ? None.NONE : chars), java.util.Map.of()),
                        frame);
            }
            case "replace" -> {
                @Nullable Object[] bound = arguments.bind(name, 2, "old", "new", "count");
                long count = bound[2] == null || bound[2] == None.NONE ? -1 : Numbers.index(bound[2]);
                return StringMethods.replace(text, str(bound[0], work), str(bound[1], work), count, work);
            }
            case "indent" -> {
                @Nullable Object[] bound = arguments.bind(name, 0, "width", "first", "blank");
                Object width = bound[0] == null ? 4L : bound[0];
                String indent = Values.isText(width)
                        ? Values.textOf(width)
                        : StringMethods.pad("", Numbers.index(width), " ", 'r', work);
                return indent(text, indent, isTrue(bound[1]), isTrue(bound[2]), work);
            }
            case "center" -> {
                Object width = arguments.bind(name, 0, "width")[0];
                long missing = (width == null ? 80 : Numbers.index(width)) - CodePoints.length(text);
                return StringMethods.pad(text, missing, " ", 'c', work);
            }
            case "truncate" -> {
                return truncate(text, arguments);
            }
            case "wordcount" -> {
                arguments.bind(name, 0);
                return words(text);
            }
            default -> { // format
                Object values = new Tuple(arguments.positional());
                if (!arguments.named().isEmpty()) {
                    Dict named = new Dict(arguments.named().size());
                    arguments.named().forEach(named::put);
                    values = named;
                }
                return PercentFormat.format(text, values, frame);
            }
        }
    }

    private static String str(@Nullable Object value, Work work) {
        return value == null ? "" : PythonText.str(value, work);
    }

    private static boolean isTrue(@Nullable Object value) {
        return value != null && Values.truth(value);
    }

    /** A capital after the start and after spaces, hyphens and opening brackets; the rest in lower case. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean first = true;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean gap =
                    i < text.length() && (CodePoints.isSpace(text.charAt(i)) || "-({[<".indexOf(text.charAt(i)) >= 0);
            if (i < text.length() && !gap) {
                if (first) {
                    from = i;
                }
                first = false;
                continue;
            }
            if (!first) {
                int head = from + Character.charCount(text.codePointAt(from));
                out.append(Casing.upper(text.substring(from, head)));
                out.append(Casing.lower(text.substring(head, i)));
            }
            if (gap) {
                out.append(text.charAt(i));
            }
            first = true;
        }
        return out.toString();
    }

    private static String indent(String text, String indent, boolean first, boolean blank, Work work) {
        List<String> lines = Splitting.lines(text + "\n", false, work);
        work.text(text.length() + (long) indent.length() * lines.size());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (i > 0) {
                out.append('\n');
            }
            if (i == 0 ? first : blank || !line.isEmpty()) {
                out.append(indent);
            }
            out.append(line);
        }
        return out.toString();
    }

    private static String truncate(String text, Arguments arguments) {
        @Nullable Object[] bound = arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
        long length = bound[0] == null ? 255 : Numbers.index(bound[0]);
        String end = bound[2] == null ? "..." : Values.textOf(bound[2]);
        long leeway = bound[3] == null || bound[3] == None.NONE ? 5 : Numbers.index(bound[3]);
        int ending = CodePoints.length(end);
        if (length < ending || leeway < 0) {
            throw TemplateFault.value(
                    "expected length >= " + ending + " and leeway >= 0, got " + length + ", " + leeway);
        }
        if (CodePoints.length(text) <= length + leeway) {
            return text;
        }
        String cut = CodePoints.slice(text, 0, (int) length - ending);
        int space = cut.lastIndexOf(' ');
        return (isTrue(bound[1]) || space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static long words(String text) {
        long words = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean word = c == '_' || Casing.is("isalnum", Character.toString(c));
            words += word && !inWord ? 1 : 0;
            inWord = word;
            i += Character.charCount(c);
        }
        return words;
    }

    private static String urlEncode(Object value, Work work) {
        if (Values.isText(value) || !Values.isIterable(value)) {
            return quote(PythonText.str(value, work), "/", work);
        }
        StringBuilder out = new StringBuilder();
        Iterator<Object> pairs = value instanceof Dict dict ? dict.items().iterator() : Values.iterate(value);
        while (pairs.hasNext()) {
            List<Object> pair = Values.list(pairs.next(), work);
            if (pair.size() != 2) {
                throw TemplateFault.value("urlencode needs pairs of key and value");
            }
            out.append(out.isEmpty() ? "" : "&");
            out.append(quote(PythonText.str(pair.get(0), work), "", work).replace("%20", "+"))
                    .append('=');
            out.append(quote(PythonText.str(pair.get(1), work), "", work).replace("%20", "+"));
            if (out.length() > Work.MAX_TEXT) {
                work.text(out.length());
            }
        }
        return out.toString();
    }

    private static String quote(String text, String safe, Work work) {
        work.text(text.length() * 3L);
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
