package io.theseus.engine.template;

import java.math.BigInteger;
import java.util.List;

/** Python's {@code format % values}. */
final class PercentFormat {
    private final String format;
    private final Object values;
    private final List<Object> items;
    private final Work work;
    private int next;
    private int at;

    private PercentFormat(String format, Object values, Work work) {
        this.format = format;
        this.values = values;
        this.items = values instanceof Tuple tuple ? tuple.items() : List.of(values);
        this.work = work;
    }

    static String format(String format, Object values, Frame frame) {
        frame.work().text(format.length());
        return new PercentFormat(format, values, frame.work()).run();
    }

    private String run() {
        StringBuilder out = new StringBuilder();
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                out.append(format, at, format.length());
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            conversion(out);
            work.text(out.length() >> 6);
            if (out.length() > Work.MAX_TEXT) {
                work.text(out.length());
            }
        }
        if (next < items.size() && !(values instanceof Dict) && !(values instanceof List)) {
            throw TemplateFault.type("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private void conversion(StringBuilder out) {
        Object named = null;
        if (peek() == '(') {
            int close = format.indexOf(')', at);
            if (close < 0) {
                throw TemplateFault.value("incomplete format key");
            }
            if (!(values instanceof Dict dict)) {
                throw TemplateFault.type("format requires a mapping");
            }
            String key = format.substring(at + 1, close);
            named = dict.get(key);
            if (named == null) {
                throw new TemplateFault(TemplateFault.Kind.KEY, "'" + key + "'");
            }
            at = close + 1;
        }
        StringBuilder flags = new StringBuilder();
        while ("-+ 0#".indexOf(peek()) >= 0) {
            flags.append(format.charAt(at++));
        }
        long width = count();
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = (int) Math.min(Integer.MAX_VALUE, Math.max(0, count()));
        }
        while ("hlL".indexOf(peek()) >= 0) {
            at++;
        }
        char type = peek();
        at++;
        if (type == '%') {
            out.append('%');
            return;
        }
        Object value = named == null ? take() : named;
        boolean left = flags.indexOf("-") >= 0 || width < 0;
        String sign = "";
        String body;
        boolean numeric = true;
        switch (type) {
            case 'd', 'i', 'u', 'x', 'X', 'o' -> {
                BigInteger number = integer(value, type);
                sign = sign(number.signum() < 0, flags);
                if (flags.indexOf("#") >= 0 && type != 'd' && type != 'i' && type != 'u') {
                    sign += "0" + type;
                }
                body = NumberText.magnitude(number, type);
                body = "0"
                        .repeat(Math.max(0, Math.min(precision, 4000) - body.length()))
                        .concat(body);
            }
            case 'f', 'F', 'e', 'E', 'g', 'G' -> {
                if (!Numbers.isNumber(value)) {
                    throw TemplateFault.type("must be real number, not " + Values.typeName(value));
                }
                double number = Numbers.real(value);
                sign = sign(NumberText.isNegative(number), flags);
                body = NumberText.magnitude(number, type, precision < 0 ? 6 : precision, flags.indexOf("#") >= 0);
            }
            case 'c', 's', 'r', 'a' -> {
                numeric = false;
                body = text(value, type);
                if (precision >= 0 && type != 'c' && CodePoints.length(body) > precision) {
                    body = CodePoints.slice(body, 0, precision);
                }
            }
            default -> throw TemplateFault.value("unsupported format character '" + type + "' at index " + (at - 1));
        }
        long missing = Math.abs(width) - sign.length() - CodePoints.length(body);
        if (numeric && !left && flags.indexOf("0") >= 0) {
            out.append(sign).append(StringMethods.pad(body, missing, "0", 'r', work));
        } else {
            out.append(StringMethods.pad(sign.concat(body), missing, " ", left ? 'l' : 'r', work));
        }
    }

    private char peek() {
        if (at >= format.length()) {
            throw TemplateFault.value("incomplete format");
        }
        return format.charAt(at);
    }

    private long count() {
        if (peek() == '*') {
            at++;
            return Numbers.index(take());
        }
        long number = 0;
        while (peek() >= '0' && peek() <= '9') {
            number = Math.min(Work.MAX_TEXT + 1L, number * 10 + format.charAt(at++) - '0');
        }
        return number;
    }

    private Object take() {
        if (next >= items.size()) {
            throw TemplateFault.type("not enough arguments for format string");
        }
        return items.get(next++);
    }

    private String text(Object value, char type) {
        if (type != 'c') {
            return type == 's' ? PythonText.str(value, work) : PythonText.repr(value, work);
        }
        if (Values.isText(value) && CodePoints.length(Values.textOf(value)) == 1) {
            return Values.textOf(value);
        }
        long c = Values.isText(value) || !Numbers.isInteger(value) ? -1 : Numbers.index(value);
        if (c < 0 || c > Character.MAX_CODE_POINT) {
            throw TemplateFault.type("%c requires int or char");
        }
        return Character.toString((int) c);
    }

    private static BigInteger integer(Object value, char type) {
        if (value instanceof Double real && "diu".indexOf(type) >= 0 && !real.isNaN() && !real.isInfinite()) {
            return Numbers.toInteger(real);
        }
        if (!Numbers.isInteger(value)) {
            throw TemplateFault.type("%" + type + " format: an integer is required, not " + Values.typeName(value));
        }
        return Numbers.big(value);
    }

    private static String sign(boolean negative, StringBuilder flags) {
        return negative ? "-" : flags.indexOf("+") >= 0 ? "+" : flags.indexOf(" ") >= 0 ? " " : "";
    }
}
