package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of Python's {@code str}. */
final class StringMethods {
    static final Set<String> NAMES = Set.of(
            "capitalize",
            "casefold",
            "center",
            "count",
            "endswith",
            "expandtabs",
            "find",
            "format",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "join",
            "ljust",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "upper",
            "zfill");

    /** Methods of Python's types that a template may not hope for here. */
    static final Set<String> UNSUPPORTED = Set.of(
            "encode",
            "format_map",
            "maketrans",
            "translate",
            "isidentifier",
            "bit_length",
            "bit_count",
            "is_integer",
            "as_integer_ratio",
            "to_bytes",
            "from_bytes",
            "fromhex",
            "conjugate",
            "fromkeys");

    private StringMethods() {}

    /** Calls method {@code name}, one of {@link #NAMES}. */
    static Object call(String self, String name, Arguments arguments, Frame frame) {
        Work work = frame.work();
        work.text(self.length());
        return switch (name) {
            case "capitalize" -> Casing.capitalize(none(self, name, arguments));
            case "casefold" -> Casing.fold(none(self, name, arguments));
            case "lower" -> Casing.lower(none(self, name, arguments));
            case "upper" -> Casing.upper(none(self, name, arguments));
            case "title" -> Casing.title(none(self, name, arguments));
            case "swapcase" -> Casing.swap(none(self, name, arguments));
            case "isalnum",
                    "isalpha",
                    "isascii",
                    "isdecimal",
                    "isdigit",
                    "islower",
                    "isnumeric",
                    "isprintable",
                    "isspace",
                    "istitle",
                    "isupper" -> Casing.is(name, none(self, name, arguments));
            case "strip" -> strip(self, arguments.bind(name, 0, "chars")[0], true, true);
            case "lstrip" -> strip(self, arguments.bind(name, 0, "chars")[0], true, false);
            case "rstrip" -> strip(self, arguments.bind(name, 0, "chars")[0], false, true);
            case "startswith", "endswith" -> hasAffix(self, name, arguments);
            case "removeprefix" -> {
                String prefix = text(arguments.bind(name, 1, "prefix")[0]);
                yield self.startsWith(prefix) ? self.substring(prefix.length()) : self;
            }
            case "removesuffix" -> {
                String suffix = text(arguments.bind(name, 1, "suffix")[0]);
                yield self.endsWith(suffix) ? self.substring(0, self.length() - suffix.length()) : self;
            }
            case "split", "rsplit" -> {
                @Nullable Object[] bound = arguments.bind(name, 0, "sep", "maxsplit");
                long limit = bound[1] == null ? -1 : Numbers.index(bound[1]);
                yield Splitting.split(self, optionalText(bound[0]), limit, name.equals("rsplit"), work);
            }
            case "splitlines" -> {
                Object keep = arguments.bind(name, 0, "keepends")[0];
                yield new ArrayList<Object>(Splitting.lines(self, keep != null && Values.truth(keep), work));
            }
            case "partition", "rpartition" ->
                Splitting.partition(self, text(arguments.bind(name, 1, "sep")[0]), name.equals("rpartition"), work);
            case "replace" -> {
                @Nullable Object[] bound = arguments.bind(name, 2, "old", "new", "count");
                long count = bound[2] == null ? -1 : Numbers.index(bound[2]);
                yield replace(self, text(bound[0]), text(bound[1]), count, work);
            }
            case "join" -> join(self, Values.iterate(given(arguments.bind(name, 1, "iterable")[0])), work);
            case "count", "find", "index", "rfind", "rindex" -> search(self, name, arguments, work);
            case "center", "ljust", "rjust" -> pad(self, name, arguments, work);
            case "zfill" -> zeroFill(self, Numbers.index(given(arguments.bind(name, 1, "width")[0])), work);
            case "expandtabs" -> {
                Object size = arguments.bind(name, 0, "tabsize")[0];
                yield expandTabs(self, size == null ? 8 : Numbers.index(size), work);
            }
            case "format" -> BraceFormat.format(self, arguments, frame);
            default -> throw TemplateFault.type("'str' object has no method '" + name + "'");
        };
    }

    private static String none(String self, String name, Arguments arguments) {
        if (!arguments.isEmpty()) {
            throw TemplateFault.type("str." + name + "() takes no arguments");
        }
        return self;
    }

    private static Object given(@Nullable Object value) {
        return value == null ? None.NONE : value;
    }

    private static String text(@Nullable Object value) {
        if (value == null || !Values.isText(value)) {
            throw TemplateFault.type("expected a string argument, not " + Values.typeName(given(value)));
        }
        return Values.textOf(value);
    }

    private static @Nullable String optionalText(@Nullable Object value) {
        return value == null || value == None.NONE ? null : text(value);
    }

    private static String strip(String self, @Nullable Object chars, boolean left, boolean right) {
        String set = optionalText(chars);
        if (set != null) {
            return CodePoints.strip(self, set, left, right);
        }
        String stripped = left ? CodePoints.stripLeft(self) : self;
        return right ? CodePoints.stripRight(stripped) : stripped;
    }

    /** {@code self[start:end]} for methods that take such bounds, in the string's own units. */
    private static String window(String self, @Nullable Object start, @Nullable Object end, Work work) {
        Object from = start == None.NONE ? null : start;
        Object to = end == None.NONE ? null : end;
        return from == null && to == null ? self : Values.textOf(Slicing.slice(self, from, to, null, work));
    }

    private static boolean hasAffix(String self, String name, Arguments arguments) {
        @Nullable Object[] bound = arguments.bind(name, 1, "prefix", "start", "end");
        String part = window(self, bound[1], bound[2], new Work());
        List<?> affixes = bound[0] instanceof Tuple tuple ? tuple.items() : List.of(given(bound[0]));
        for (Object affix : affixes) {
            if (!Values.isText(affix)) {
                throw TemplateFault.type(
                        name + " first arg must be str or a tuple of str, not " + Values.typeName(affix));
            }
            String text = Values.textOf(affix);
            if (name.equals("startswith") ? part.startsWith(text) : part.endsWith(text)) {
                return true;
            }
        }
        return false;
    }

    /** {@code self.replace(old, with, count)}; a negative count means all. */
    static String replace(String self, String old, String with, long count, Work work) {
        work.search(self.length(), old.length());
        long left = count < 0 ? Long.MAX_VALUE : count;
        StringBuilder out = new StringBuilder(self.length());
        int from = 0;
        if (old.isEmpty()) {
            while (left-- > 0) {
                out.append(with);
                work.text(out.length() >> 10);
                if (out.length() > Work.MAX_TEXT || from >= self.length()) {
                    work.text(out.length());
                    return out.append(self, from, self.length()).toString();
                }
                int next = from + Character.charCount(self.codePointAt(from));
                out.append(self, from, next);
                from = next;
            }
            return out.append(self, from, self.length()).toString();
        }
        for (int at = self.indexOf(old); at >= 0 && left-- > 0; at = self.indexOf(old, from)) {
            out.append(self, from, at).append(with);
            from = at + old.length();
            work.spend(1 + (with.length() >> 3));
            if (out.length() > Work.MAX_TEXT) {
                work.text(out.length());
            }
        }
        return from == 0 && out.isEmpty()
                ? self
                : out.append(self, from, self.length()).toString();
    }

    private static String join(String self, Iterator<Object> items, Work work) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; items.hasNext(); i++) {
            Object item = items.next();
            if (!Values.isText(item)) {
                throw TemplateFault.type(
                        "sequence item " + i + ": expected str instance, " + Values.typeName(item) + " found");
            }
            out.append(i > 0 ? self : "").append(Values.textOf(item));
            work.spend(1 + (self.length() + Values.textOf(item).length() >> 3));
            if (out.length() > Work.MAX_TEXT) {
                work.text(out.length());
            }
        }
        return out.toString();
    }

    private static Object search(String self, String name, Arguments arguments, Work work) {
        @Nullable Object[] bound = arguments.bind(name, 1, "sub", "start", "end");
        String needle = text(bound[0]);
        String part = window(self, bound[1], bound[2], work);
        work.search(part.length(), needle.length());
        if (name.equals("count")) {
            return count(part, needle);
        }
        int at = name.startsWith("r") ? part.lastIndexOf(needle) : part.indexOf(needle);
        if (at < 0 && name.endsWith("index")) {
            throw TemplateFault.value("substring not found");
        }
        if (at < 0 || bound[1] == null || bound[1] == None.NONE) {
            return CodePoints.toIndex(part, at);
        }
        long start = Numbers.index(bound[1]);
        long length = CodePoints.length(self);
        return CodePoints.toIndex(part, at) + (start < 0 ? Math.max(0, start + length) : start);
    }

    private static long count(String text, String needle) {
        if (needle.isEmpty()) {
            return CodePoints.length(text) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length())) {
            count++;
        }
        return count;
    }

    private static String pad(String self, String name, Arguments arguments, Work work) {
        @Nullable Object[] bound = arguments.bind(name, 1, "width", "fillchar");
        long missing = Numbers.index(given(bound[0])) - CodePoints.length(self);
        String fill = bound[1] == null ? " " : text(bound[1]);
        if (CodePoints.length(fill) != 1) {
            throw TemplateFault.type("The fill character must be exactly one character long");
        }
        return pad(self, missing, fill, name.charAt(0), work);
    }

    /**
     * {@code self} with {@code missing} fill characters: {@code 'l'}eft-justified, {@code 'r'}ight-justified or {@code
     * 'c'}entred.
     */
    static String pad(String self, long missing, String fill, char how, Work work) {
        if (missing <= 0) {
            return self;
        }
        work.text(missing + self.length());
        int total = (int) missing;
        // Python puts the odd one on the left if the width is odd as well.
        long width = missing + CodePoints.length(self);
        int left = how == 'l' ? 0 : how == 'r' ? total : (int) (missing / 2 + (missing & width & 1));
        return fill.repeat(left) + self + fill.repeat(total - left);
    }

    private static String zeroFill(String self, long width, Work work) {
        long missing = width - CodePoints.length(self);
        boolean signed = self.startsWith("-") || self.startsWith("+");
        return signed
                ? self.charAt(0) + pad(self.substring(1), missing, "0", 'r', work)
                : pad(self, missing, "0", 'r', work);
    }

    private static String expandTabs(String self, long size, Work work) {
        StringBuilder out = new StringBuilder(self.length());
        long column = 0;
        for (int i = 0; i < self.length(); i++) {
            char c = self.charAt(i);
            if (c == '\t') {
                long spaces = size > 0 ? size - column % size : 0;
                work.text(out.length() / 64 + spaces);
                out.append(" ".repeat((int) spaces));
                column += spaces;
                if (out.length() > Work.MAX_TEXT) {
                    work.text(out.length());
                }
            } else {
                out.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
            }
        }
        return out.toString();
    }
}
