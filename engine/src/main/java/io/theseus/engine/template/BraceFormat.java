package io.theseus.engine.template;

import java.math.BigInteger;
import java.util.List;

/** Python's {@code str.format} and its format specifications. */
final class BraceFormat {
    private static final int MAX_NESTING = 2;

    private final Arguments arguments;
    private final Frame frame;
    private int automatic;

    private BraceFormat(Arguments arguments, Frame frame) {
        this.arguments = arguments;
        this.frame = frame;
    }

    static String format(String format, Arguments arguments, Frame frame) {
        return new BraceFormat(arguments, frame).run(format, MAX_NESTING);
    }

    private String run(String format, int nesting) {
        if (nesting == 0) {
            throw TemplateFault.value("Max string recursion exceeded");
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                out.append(c);
                i++;
            } else if (c == '}') {
                throw TemplateFault.value("Single '}' encountered in format string");
            } else if (c == '{') {
                int close = closing(format, i);
                out.append(field(format.substring(i + 1, close), nesting));
                frame.work().text(out.length() >> 6);
                if (out.length() > Work.MAX_TEXT) {
                    frame.work().text(out.length());
                }
                i = close;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static int closing(String format, int open) {
        int depth = 0;
        for (int i = open; i < format.length(); i++) {
            depth += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw TemplateFault.value("expected '}' before end of string");
    }

    private String field(String field, int nesting) {
        int colon = field.indexOf(':');
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        String head = colon < 0 ? field : field.substring(0, colon);
        int bang = head.indexOf('!');
        Object value = lookup(bang < 0 ? head : head.substring(0, bang));
        if (bang >= 0) {
            value = switch (head.substring(bang + 1)) {
                case "s" -> PythonText.str(value, frame.work());
                case "r", "a" -> PythonText.repr(value, frame.work());
                default -> throw TemplateFault.value("Unknown conversion specifier " + head.substring(bang + 1));
            };
        }
        return apply(value, spec.indexOf('{') < 0 ? spec : run(spec, nesting - 1), frame.work());
    }

    private Object lookup(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        String first = path.substring(0, end);
        Object value = argument(first);
        while (end < path.length()) {
            int start = end + 1;
            boolean index = path.charAt(end) == '[';
            end = start;
            while (end < path.length()
                    && (index ? path.charAt(end) != ']' : path.charAt(end) != '.' && path.charAt(end) != '[')) {
                end++;
            }
            String key = path.substring(start, end);
            value = index
                    ? Members.item(value, isNumber(key) ? (Object) Long.parseLong(key) : key)
                    : Members.attribute(value, key);
            end += index ? 1 : 0;
        }
        return value;
    }

    private Object argument(String name) {
        List<Object> positional = arguments.positional();
        if (name.isEmpty() || isNumber(name)) {
            int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
            if (index >= positional.size()) {
                throw new TemplateFault(
                        TemplateFault.Kind.INDEX,
                        "Replacement index " + index + " out of range for positional args tuple");
            }
            return positional.get(index);
        }
        Object value = arguments.named().get(name);
        if (value == null) {
            throw new TemplateFault(TemplateFault.Kind.KEY, "'" + name + "'");
        }
        return value;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** {@code format(value, spec)}: {@code [[fill]align][sign][#][0][width][,_][.precision][type]}. */
    static String apply(Object value, String spec, Work work) {
        if (spec.isEmpty()) {
            return PythonText.str(value, work);
        }
        int[] c = spec.codePoints().toArray();
        int i = 0;
        String fill = " ";
        char align = 0;
        if (c.length > 1 && isAlign(c[1])) {
            fill = Character.toString(c[0]);
            align = (char) c[1];
            i = 2;
        } else if (isAlign(c[0])) {
            align = (char) c[0];
            i = 1;
        }
        char plus = i < c.length && (c[i] == '+' || c[i] == '-' || c[i] == ' ') ? (char) c[i++] : '-';
        boolean alternate = i < c.length && c[i] == '#';
        i += alternate ? 1 : 0;
        if (i < c.length && c[i] == '0') {
            i++;
            fill = align == 0 ? "0" : fill;
            align = align == 0 ? '=' : align;
        }
        long width = 0;
        while (i < c.length && c[i] >= '0' && c[i] <= '9') {
            width = Math.min(Work.MAX_TEXT + 1L, width * 10 + c[i++] - '0');
        }
        char group = i < c.length && (c[i] == ',' || c[i] == '_') ? (char) c[i++] : 0;
        int precision = -1;
        if (i < c.length && c[i] == '.') {
            for (i++, precision = 0; i < c.length && c[i] >= '0' && c[i] <= '9'; i++) {
                precision = Math.min(1 << 25, precision * 10 + c[i] - '0');
            }
        }
        char type = i < c.length ? (char) c[i++] : 0;
        if (i < c.length) {
            throw TemplateFault.value("Invalid format specifier '" + spec + "'");
        }
        boolean number = Numbers.isNumber(value) && !(value instanceof Boolean && type == 0);
        String sign = number ? (NumberText.isNegative(value) ? "-" : plus == '-' ? "" : String.valueOf(plus)) : "";
        String body = number ? number(value, type, precision, alternate, group) : text(value, type, precision, work);
        if (number && alternate && "xXob".indexOf(type) >= 0) {
            sign += "0" + type;
        }
        long missing = width - CodePoints.length(sign) - CodePoints.length(body);
        char how = align != 0 ? align : number ? '>' : '<';
        if (how == '=') {
            return sign + StringMethods.pad(body, missing, fill, 'r', work);
        }
        if (how == '^') {
            // Unlike str.center, the odd one goes to the right.
            String left = StringMethods.pad(sign + body, missing / 2, fill, 'r', work);
            return StringMethods.pad(left, missing - missing / 2, fill, 'l', work);
        }
        return StringMethods.pad(sign + body, missing, fill, how == '<' ? 'l' : 'r', work);
    }

    private static boolean isAlign(int c) {
        return c == '<' || c == '>' || c == '^' || c == '=';
    }

    private static String text(Object value, char type, int precision, Work work) {
        if (!Values.isText(value) && !(value instanceof Boolean)) {
            throw TemplateFault.type("unsupported format string passed to " + Values.typeName(value) + ".__format__");
        }
        if (type != 0 && type != 's') {
            throw TemplateFault.value("Unknown format code '" + type + "' for object of type 'str'");
        }
        String text = PythonText.str(value, work);
        return precision >= 0 && CodePoints.length(text) > precision ? CodePoints.slice(text, 0, precision) : text;
    }

    private static String number(Object value, char type, int precision, boolean alternate, char group) {
        String digits;
        if (Numbers.isInteger(value) && "dxXobn\0c".indexOf(type) >= 0) {
            BigInteger integer = Numbers.big(value);
            digits =
                    type == 'c' ? Character.toString(integer.intValue() & 0xffff) : NumberText.magnitude(integer, type);
        } else if (type == 0 && precision < 0) {
            digits = PythonText.real(Math.abs(Numbers.real(value)));
        } else if (type == 0) {
            digits = NumberText.magnitude(Numbers.real(value), 'g', precision, alternate);
            digits = digits.indexOf('.') < 0 && digits.indexOf('e') < 0 ? digits + ".0" : digits;
        } else if ("fFeEgGn%".indexOf(type) >= 0) {
            digits = NumberText.magnitude(
                    Numbers.real(value), type == 'n' ? 'g' : type, precision < 0 ? 6 : precision, alternate);
        } else {
            throw TemplateFault.value(
                    "Unknown format code '" + type + "' for object of type '" + Values.typeName(value) + "'");
        }
        return group == 0 ? digits : grouped(digits, group);
    }

    private static String grouped(String digits, char group) {
        int whole = 0;
        while (whole < digits.length() && Character.isDigit(digits.charAt(whole))) {
            whole++;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < whole; i++) {
            if (i > 0 && (whole - i) % 3 == 0) {
                out.append(group);
            }
            out.append(digits.charAt(i));
        }
        return out.append(digits, whole, digits.length()).toString();
    }
}
