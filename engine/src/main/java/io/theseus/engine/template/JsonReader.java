package io.theseus.engine.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON value and tells a text that ends too early from one that is wrong.
 *
 * <p>Source: RFC 8259; of a repeated name the last value counts.
 */
final class JsonReader {
    private static final int MAX_DEPTH = 128;
    private static final int MAX_DIGITS = 1000;

    /** Ends the reading; the outcome is in {@link #outcome}. */
    private static final class Stop extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Json.Prefix outcome;

        Stop(Json.Prefix outcome) {
            super(null, null, false, false);
            this.outcome = outcome;
        }
    }

    private final String text;
    private int at;

    JsonReader(String text, int from) {
        this.text = text;
        this.at = from;
    }

    Json.Prefix read() {
        try {
            Object value = value(0);
            return new Json.Prefix.Complete(value, at);
        } catch (Stop stop) {
            return stop.outcome;
        }
    }

    static int skipSpaces(String text, int from) {
        int i = from;
        while (i < text.length() && " \t\n\r".indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    private char peek() throws Stop {
        if (at >= text.length()) {
            throw new Stop(new Json.Prefix.Truncated());
        }
        return text.charAt(at);
    }

    private Stop malformed(String reason) {
        return new Stop(new Json.Prefix.Malformed(at, reason));
    }

    private @Nullable Object value(int depth) throws Stop {
        if (depth > MAX_DEPTH) {
            throw malformed("more than " + MAX_DEPTH + " levels");
        }
        at = skipSpaces(text, at);
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private @Nullable Object word(String word, @Nullable Object value) throws Stop {
        for (int i = 0; i < word.length(); i++) {
            if (peek() != word.charAt(i)) {
                throw malformed("unexpected character");
            }
            at++;
        }
        return value;
    }

    private Map<String, @Nullable Object> object(int depth) throws Stop {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        at = skipSpaces(text, at + 1);
        if (peek() == '}') {
            at++;
            return object;
        }
        while (true) {
            at = skipSpaces(text, at);
            if (peek() != '"') {
                throw malformed("expected a name in double quotes");
            }
            String name = string();
            at = skipSpaces(text, at);
            if (peek() != ':') {
                throw malformed("expected ':'");
            }
            at++;
            object.put(name, value(depth + 1));
            at = skipSpaces(text, at);
            char next = peek();
            if (next != ',' && next != '}') {
                throw malformed("expected ',' or '}'");
            }
            at++;
            if (next == '}') {
                return object;
            }
        }
    }

    private List<@Nullable Object> array(int depth) throws Stop {
        List<@Nullable Object> array = new ArrayList<>();
        at = skipSpaces(text, at + 1);
        if (peek() == ']') {
            at++;
            return array;
        }
        while (true) {
            array.add(value(depth + 1));
            at = skipSpaces(text, at);
            char next = peek();
            if (next != ',' && next != ']') {
                throw malformed("expected ',' or ']'");
            }
            at++;
            if (next == ']') {
                return array;
            }
        }
    }

    private String string() throws Stop {
        StringBuilder out = new StringBuilder();
        at++;
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return out.toString();
            }
            if (c < 0x20) {
                at--;
                throw malformed("a control character in a string");
            }
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = peek();
            at++;
            switch (escape) {
                case '"', '\\', '/' -> out.append(escape);
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'u' -> {
                    int unit = 0;
                    for (int i = 0; i < 4; i++) {
                        char hex = peek();
                        int digit = hex < 128 ? Character.digit(hex, 16) : -1;
                        if (digit < 0) {
                            throw malformed("a broken \\u escape");
                        }
                        unit = unit * 16 + digit;
                        at++;
                    }
                    out.append((char) unit);
                }
                default -> throw malformed("an unknown escape");
            }
        }
    }

    private Object number() throws Stop {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        boolean leadingZero = peek() == '0';
        int digits = digits();
        if (digits == 0 || (leadingZero && digits > 1)) {
            throw malformed("unexpected character");
        }
        boolean real = false;
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            real = true;
            peek();
            if (digits() == 0) {
                throw malformed("digits must follow the point");
            }
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            real = true;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            peek();
            if (digits() == 0) {
                throw malformed("digits must follow the exponent");
            }
        }
        if (at - start > MAX_DIGITS) {
            throw malformed("a number of more than " + MAX_DIGITS + " digits");
        }
        String number = text.substring(start, at);
        if (real) {
            return Double.valueOf(number);
        }
        return number.length() < 19 ? (Object) Long.parseLong(number) : Numbers.shrink(new BigInteger(number));
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }
}
