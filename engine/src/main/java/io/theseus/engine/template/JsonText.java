package io.theseus.engine.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Template values as JSON, byte for byte as Python's {@code json.dumps} writes them. */
final class JsonText {
    /**
     * The parameters of {@code json.dumps}.
     *
     * @param indent one level's worth; null = all on one line
     */
    record Style(
            boolean ensureAscii, @Nullable String indent, String itemSeparator, String keySeparator, boolean sortKeys) {
        static final Style PLAIN = new Style(false, null, ", ", ": ", false);
        static final Style COMPACT = new Style(false, null, ",", ":", false);
    }

    private final Style style;
    private final Work work;
    private final StringBuilder out = new StringBuilder();

    private JsonText(Style style, Work work) {
        this.style = style;
        this.work = work;
    }

    static String write(Object value, Style style, Work work) {
        JsonText text = new JsonText(style, work);
        text.value(value, 1);
        work.text(text.out.length());
        return text.out.toString();
    }

    private void value(Object value, int level) {
        work.enter();
        if (out.length() > Work.MAX_TEXT) {
            work.text(out.length());
        }
        switch (value) {
            case None none -> out.append("null");
            case Boolean flag -> out.append(flag ? "true" : "false");
            case Long number -> out.append(number);
            case BigInteger number -> out.append(number);
            case Double real -> out.append(real(real));
            case String text -> string(text);
            case Markup markup -> string(markup.text());
            case List<?> list -> list(list, level);
            case Tuple tuple -> list(tuple.items(), level);
            case Dict dict -> dict(dict, level);
            default ->
                throw TemplateFault.type("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
        work.leave();
    }

    private void list(List<?> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            separate(i, level);
            value(items.get(i), level + 1);
        }
        newLine(level - 1);
        out.append(']');
    }

    private void dict(Dict dict, int level) {
        if (dict.size() == 0) {
            out.append("{}");
            return;
        }
        List<Object> items = dict.items();
        if (style.sortKeys) {
            items = new ArrayList<>(items);
            items.sort((a, b) -> Ordering.compare(
                    ((Tuple) a).items().getFirst(), ((Tuple) b).items().getFirst(), "<", work));
        }
        out.append('{');
        for (int i = 0; i < items.size(); i++) {
            separate(i, level);
            List<Object> pair = ((Tuple) items.get(i)).items();
            string(key(pair.get(0)));
            out.append(style.keySeparator);
            value(pair.get(1), level + 1);
        }
        newLine(level - 1);
        out.append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case String text -> text;
            case Markup markup -> markup.text();
            case None none -> "null";
            case Boolean flag -> flag ? "true" : "false";
            case Double real -> real(real);
            case Long number -> number.toString();
            case BigInteger number -> number.toString();
            default ->
                throw TemplateFault.type("keys must be str, int, float, bool or None, not " + Values.typeName(key));
        };
    }

    private void separate(int i, int level) {
        if (i > 0) {
            out.append(style.itemSeparator);
        }
        newLine(level);
    }

    private void newLine(int level) {
        String indent = style.indent;
        if (indent != null) {
            out.append('\n');
            work.text((long) indent.length() * level);
            out.append(indent.repeat(level));
        }
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.real(value);
    }

    private void string(String text) {
        work.text(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (style.ensureAscii && c > 0x7e)) {
                        PythonText.hex(out.append("\\u"), c, 4);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
