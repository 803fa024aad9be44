package io.theseus.engine.template;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, with the settings that chat templates are written for: the newline after a block tag
 * and the spaces before one are dropped ({@code trim_blocks}, {@code lstrip_blocks}), and so is one newline at the end
 * of the text.
 *
 * <p>Source: jinja2 3.1.6, lexer rules; https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control
 */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int counted;
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** @throws TheseusException {@link ErrorCode#MODEL_INVALID} where the text is not a template */
    static List<Token> tokens(String text) {
        String source = text.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        return new Lexer(source).run();
    }

    private List<Token> run() {
        while (at < source.length()) {
            int tag = nextTag(at);
            if (tag < 0) {
                add(Token.Kind.DATA, source.substring(at));
                at = source.length();
                break;
            }
            String data = source.substring(at, tag);
            char kind = source.charAt(tag + 1);
            at = tag + 2;
            char sign = at < source.length() ? source.charAt(at) : 0;
            if (sign == '-' || sign == '+') {
                at++;
            }
            String kept = kept(data, sign, kind);
            if (!kept.isEmpty()) {
                tokens.add(new Token(Token.Kind.DATA, kept, lineOf(tag - data.length())));
            }
            switch (kind) {
                case '#' -> comment();
                case '{' -> tag(Token.Kind.PRINT_BEGIN, Token.Kind.PRINT_END);
                default -> {
                    int raw = rawEnd();
                    if (raw >= 0) {
                        raw(raw);
                    } else {
                        tag(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END);
                    }
                }
            }
        }
        add(Token.Kind.END, "");
        return tokens;
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char c = source.charAt(i + 1);
            if (c == '{' || c == '%' || c == '#') {
                return i;
            }
        }
        return -1;
    }

    /** What is left of the text before a tag. */
    private String kept(String data, char sign, char kind) {
        if (sign == '-') {
            return CodePoints.stripRight(data);
        }
        if (sign != '+' && kind != '{') {
            int start = data.lastIndexOf('\n') + 1;
            if ((start > 0 || lineStarting)
                    && CodePoints.strip(data.substring(start)).isEmpty()) {
                return data.substring(0, start);
            }
        }
        return data;
    }

    private void comment() {
        int close = source.indexOf("#}", at);
        if (at == source.length()) {
            return; // jinja2 lets the very end of a template pass
        }
        if (close < 0) {
            throw invalid("Missing end of comment tag");
        }
        boolean signed = close > at;
        at = close;
        closeTag(signed ? source.charAt(close - 1) : 0, true);
    }

    /** Moves past a two-character tag end, and past what its sign or {@code trim_blocks} drops after it. */
    private void closeTag(char sign, boolean trimNewline) {
        at += 2;
        if (sign == '-') {
            while (at < source.length() && CodePoints.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (trimNewline && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStarting = source.charAt(at - 1) == '\n';
    }

    /** Where {@code raw %}} ends if that is what stands at the start of this tag, else -1. */
    private int rawEnd() {
        int i = skipSpaces(at);
        if (!source.startsWith("raw", i)) {
            return -1;
        }
        i = skipSpaces(i + 3);
        if (source.startsWith("-%}", i)) {
            return skipSpaces(i + 3);
        }
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private int skipSpaces(int from) {
        int i = from;
        while (i < source.length() && CodePoints.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    private void raw(int start) {
        if (start == source.length()) {
            at = start;
            return;
        }
        lineStarting = source.charAt(start - 1) == '\n';
        for (int tag = source.indexOf("{%", start); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : 0;
            int i = skipSpaces(sign == '-' || sign == '+' ? tag + 3 : tag + 2);
            if (!source.startsWith("endraw", i)) {
                continue;
            }
            i = skipSpaces(i + 6);
            char endSign = i < source.length() ? source.charAt(i) : 0;
            i += endSign == '-' || endSign == '+' ? 1 : 0;
            if (source.startsWith("%}", i)) {
                at = start;
                String kept = kept(source.substring(start, tag), sign, '%');
                if (!kept.isEmpty()) {
                    add(Token.Kind.DATA, kept);
                }
                at = i;
                closeTag(endSign, true);
                return;
            }
        }
        throw invalid("Missing end of raw directive");
    }

    private void tag(Token.Kind begin, Token.Kind end) {
        add(begin, "");
        boolean block = end == Token.Kind.BLOCK_END;
        String close = block ? "%}" : "}}";
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            at = skipSpaces(at);
            if (at >= source.length()) {
                return;
            }
            char c = source.charAt(at);
            if (open.isEmpty()) {
                boolean signed = (c == '-' || (c == '+' && block)) && source.startsWith(close, at + 1);
                if (signed || source.startsWith(close, at)) {
                    add(end, "");
                    at += signed ? 1 : 0;
                    closeTag(signed ? c : 0, block);
                    return;
                }
            }
            token(c, open);
        }
    }

    private void token(char c, Deque<Character> open) {
        if (c >= '0' && c <= '9') {
            number();
        } else if (c == '"' || c == '\'') {
            string(c);
        } else if (c == '_' || Character.isLetterOrDigit(source.codePointAt(at))) {
            name();
        } else {
            operator(c, open);
        }
    }

    private void name() {
        int start = at;
        while (at < source.length()) {
            int c = source.codePointAt(at);
            if (c != '_' && !Character.isUnicodeIdentifierPart(c) || Character.isIdentifierIgnorable(c)) {
                break;
            }
            at += Character.charCount(c);
        }
        if (at == start
                || !(source.charAt(start) == '_' || Character.isUnicodeIdentifierStart(source.codePointAt(start)))) {
            throw invalid("Invalid character in identifier");
        }
        add(Token.Kind.NAME, source.substring(start, at));
    }

    private void number() {
        int start = at;
        boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
        String two = source.substring(at, Math.min(source.length(), at + 2)).toLowerCase(java.util.Locale.ROOT);
        if (two.equals("0x") || two.equals("0o") || two.equals("0b")) {
            int radix = two.equals("0x") ? 16 : two.equals("0o") ? 8 : 2;
            int end = digits(at + 2, radix);
            if (end > at + 2) {
                at = end;
                add(Token.Kind.INTEGER, source.substring(start, at));
                return;
            }
        }
        int end = digits(at, 10);
        int real = end;
        if (!afterDot && real + 1 < source.length() && source.charAt(real) == '.') {
            int fraction = digits(real + 1, 10);
            real = fraction > real + 1 ? fraction : real;
        }
        if (!afterDot && real < source.length() && (source.charAt(real) == 'e' || source.charAt(real) == 'E')) {
            int i = real + 1;
            i += i < source.length() && (source.charAt(i) == '+' || source.charAt(i) == '-') ? 1 : 0;
            int exponent = digits(i, 10);
            real = exponent > i ? exponent : real;
        }
        if (real > end) {
            at = real;
            add(Token.Kind.FLOAT, source.substring(start, at));
            return;
        }
        if (source.charAt(start) == '0') {
            // As in Python, a decimal integer does not begin with a zero.
            end = start + 1;
            while (end < source.length() && source.charAt(end) == '0') {
                end++;
            }
        }
        at = end;
        add(Token.Kind.INTEGER, source.substring(start, at));
    }

    /** The end of digits with single underscores between them. */
    private int digits(int from, int radix) {
        int i = from;
        while (i < source.length()) {
            boolean gap = source.charAt(i) == '_' && i > from && i + 1 < source.length();
            int digit = source.charAt(gap ? i + 1 : i);
            if (digit > 127 || Character.digit(digit, radix) < 0) {
                break;
            }
            i += gap ? 2 : 1;
        }
        return i;
    }

    private void string(char quote) {
        int start = at + 1;
        int i = start;
        while (i < source.length() && source.charAt(i) != quote) {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= source.length()) {
            throw invalid("unexpected char " + PythonText.quote(String.valueOf(quote)));
        }
        String value;
        try {
            value = Escapes.decode(source.substring(start, i));
        } catch (TemplateFault fault) {
            throw invalid(fault.words());
        }
        add(Token.Kind.STRING, value);
        at = i + 1;
    }

    private void operator(char c, Deque<Character> open) {
        String two = source.substring(at, Math.min(source.length(), at + 2));
        String text = switch (two) {
            case "//", "**", "==", "!=", ">=", "<=" -> two;
            default -> String.valueOf(c);
        };
        if (text.length() == 1 && "+-/*%~[](){}><=.:|,;".indexOf(c) < 0) {
            throw invalid("unexpected char " + PythonText.quote(Character.toString(source.codePointAt(at))));
        }
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                Character expected = open.poll();
                if (expected == null || expected != c) {
                    throw invalid("unexpected '" + c + "'" + (expected == null ? "" : ", expected '" + expected + "'"));
                }
            }
            default -> {}
        }
        add(Token.Kind.OPERATOR, text);
        at += text.length();
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(kind, text, lineOf(at)));
    }

    /** The line of {@code place}, asked for in ascending order. */
    private int lineOf(int place) {
        for (; counted < place; counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }

    private TheseusException invalid(String words) {
        return new TheseusException(
                ErrorCode.MODEL_INVALID,
                "chat template, line " + lineOf(at) + ": " + words + "; the model's file or the template is damaged");
    }
}
