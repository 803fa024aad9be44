package io.theseus.engine.template;

/** Backslash escapes of Python string literals; an unknown one is kept as it stands. */
final class Escapes {
    private Escapes() {}

    /** @throws TemplateFault if an escape is incomplete or names no character */
    static String decode(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i++);
            if (c != '\\' || i == text.length()) {
                out.append(c);
                continue;
            }
            char escape = text.charAt(i++);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escape);
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'v' -> out.append('\u000b');
                case 'x', 'u', 'U' -> {
                    int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
                    out.appendCodePoint(hex(text, i, digits));
                    i += digits;
                }
                case 'N' -> {
                    int close = text.indexOf('}', i);
                    if (close < 0 || text.charAt(i) != '{') {
                        throw TemplateFault.value("malformed \\N character escape");
                    }
                    out.appendCodePoint(named(text.substring(i + 1, close)));
                    i = close + 1;
                }
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int value = escape - '0';
                    for (int n = 0; n < 2 && i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '7'; n++) {
                        value = value * 8 + text.charAt(i++) - '0';
                    }
                    out.append((char) value);
                }
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private static int hex(String text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0 || text.charAt(i) > 127) {
                throw TemplateFault.value("truncated \\x, \\u or \\U escape");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw TemplateFault.value("illegal Unicode character");
        }
        return (int) value;
    }

    private static int named(String name) {
        try {
            return Character.codePointOf(name);
        } catch (IllegalArgumentException unknown) {
            throw TemplateFault.value("unknown Unicode character name " + name);
        }
    }
}
