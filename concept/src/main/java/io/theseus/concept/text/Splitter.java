package io.theseus.concept.text;

import io.theseus.concept.text.Token.Kind;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cuts text into tokens, in one pass over its characters. Quotation marks, dashes and widths are unified (NFKC) first, so that
 * typography never separates two texts. Code in backticks and addresses stay whole.
 */
public final class Splitter {
    /** UTF-16 units read; what lies beyond is left to the caller, who must not ignore it. */
    public static final int MAX_LENGTH = 16_384;

    /** Words whose full stop ends no sentence. */
    private static final Set<String> ABBREVIATIONS =
            Set.of("mr", "mrs", "ms", "dr", "prof", "st", "vs", "v", "rs", "eg", "ie", "jr", "sr", "ltd", "inc");

    private static final String PAUSES = ",:()[]{}\"'¿¡…*-/";

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private boolean sentenceStart = true;

    private Splitter(String text) {
        this.text = text;
    }

    /** The tokens of the first {@link #MAX_LENGTH} units of {@code raw}. */
    public static List<Token> split(String raw) {
        String head = raw.length() <= MAX_LENGTH ? raw : raw.substring(0, MAX_LENGTH);
        String normal = Normalizer.normalize(head, Normalizer.Form.NFKC);
        // A few characters grow eighteenfold under NFKC.
        if (normal.length() > MAX_LENGTH) {
            normal = normal.substring(0, MAX_LENGTH);
        }
        return new Splitter(unify(normal)).run();
    }

    private static String unify(String s) {
        StringBuilder out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '‘', '’', 'ʼ', '´', '`' -> out.append(c == '`' ? '`' : '\'');
                case '“', '”', '„', '«', '»' -> out.append('"');
                case '‐', '‑', '‒', '–', '—', '−' -> out.append(c == '—' ? " - " : "-");
                case '​', '‌', '‍', '﻿', '­' -> {}
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private List<Token> run() {
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                if (c == '\n') {
                    stop();
                }
                at++;
            } else if (c == '`') {
                code();
            } else if (address()) {
                literal(endOfRun());
            } else if (Character.isLetterOrDigit(c)) {
                word();
            } else {
                sign(c);
            }
        }
        stop();
        return tokens;
    }

    private void stop() {
        if (!tokens.isEmpty() && tokens.getLast().kind() != Kind.STOP) {
            tokens.add(new Token(Kind.STOP, ".", ".", false, at));
        }
        sentenceStart = true;
    }

    private void code() {
        int fence = text.startsWith("```", at) ? 3 : 1;
        int close = text.indexOf("```".substring(0, fence), at + fence);
        if (close < 0) {
            // An unclosed mark is read as the rest of the text only for a fence; a lone backtick is an apostrophe gone
            // wrong.
            close = fence == 3 ? text.length() : at + 1;
            if (fence == 1) {
                at++;
                return;
            }
        }
        String body = text.substring(Math.min(at + fence, close), close).strip();
        if (!body.isEmpty()) {
            tokens.add(new Token(Kind.LITERAL, body, body, false, at));
        }
        at = Math.min(text.length(), close + fence);
        sentenceStart = false;
    }

    private boolean address() {
        return text.startsWith("http://", at) || text.startsWith("https://", at) || text.startsWith("www.", at);
    }

    private int endOfRun() {
        int end = at;
        while (end < text.length()
                && !Character.isWhitespace(text.charAt(end))
                && "\"<>()".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        while (end > at + 1 && ".,;:!?'".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return end;
    }

    private void literal(int end) {
        String run = text.substring(at, end);
        tokens.add(new Token(Kind.LITERAL, run, run, false, at));
        at = end;
        sentenceStart = false;
    }

    /** Letters and digits, and the marks that belong inside: 3.5, 3,000, node.js, U.S., don't, c++. */
    private void word() {
        int start = at;
        int end = at;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            if (Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK || c == '_') {
                end += Character.charCount(c);
            } else if (joins(start, end)) {
                end++;
            } else {
                break;
            }
        }
        if (end - start <= 2 && Character.isLetter(text.charAt(end - 1))) {
            while (end < text.length() && "+#".indexOf(text.charAt(end)) >= 0) {
                end++;
            }
        }
        at = end;
        add(start, text.substring(start, end));
        sentenceStart = false;
    }

    private boolean joins(int start, int end) {
        if (end + 1 >= text.length()) {
            return false;
        }
        char mark = text.charAt(end);
        char before = text.charAt(end - 1);
        char after = text.charAt(end + 1);
        if (mark == '\'') {
            return Character.isLetter(before) && Character.isLetter(after);
        }
        if (mark == '.') {
            return Character.isLetterOrDigit(after) && !(Character.isLowerCase(before) && Character.isUpperCase(after));
        }
        if (mark == ',') {
            return groups(start, end);
        }
        if (mark == ':') {
            return Character.isDigit(before) && Character.isDigit(after) && end - start <= 2;
        }
        return false;
    }

    /** Whether the comma at {@code end} separates groups of digits: exactly three follow, or two as in 1,00,000. */
    private boolean groups(int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!Character.isDigit(c) && c != ',') {
                return false;
            }
        }
        int digits = 0;
        while (end + 1 + digits < text.length() && Character.isDigit(text.charAt(end + 1 + digits))) {
            digits++;
        }
        return digits == 3 || digits == 2 && end + 3 < text.length() && text.charAt(end + 3) == ',';
    }

    private void add(int start, String shown) {
        boolean upper = Character.isUpperCase(shown.codePointAt(0));
        boolean name = upper && (!sentenceStart || shown.length() > 1 && isUpper(shown));
        if (isNumber(shown)) {
            tokens.add(new Token(Kind.NUMBER, shown.replace(",", ""), shown, false, start));
            return;
        }
        String lower = shown.toLowerCase(Locale.ROOT);
        if (isInitials(lower)) {
            lower = lower.replace(".", "");
        } else if (lower.endsWith(".")) {
            lower = lower.substring(0, lower.length() - 1);
        }
        if (lower.endsWith("'s") && lower.length() > 2) {
            String owner = lower.substring(0, lower.length() - 2);
            tokens.add(new Token(Kind.WORD, owner, shown.substring(0, shown.length() - 2), name, start));
            tokens.add(new Token(Kind.POSSESSIVE, "'s", "'s", false, start));
            return;
        }
        tokens.add(new Token(Kind.WORD, lower, shown, name, start));
    }

    private static boolean isUpper(String s) {
        return s.chars().noneMatch(Character::isLowerCase);
    }

    private static boolean isNumber(String s) {
        boolean digit = false;
        int dots = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            digit |= c >= '0' && c <= '9';
            dots += c == '.' ? 1 : 0;
            if (!(c >= '0' && c <= '9' || c == ',' || c == '.')) {
                return false;
            }
        }
        return digit && dots <= 1;
    }

    /** u.s.a, a.m, but not node.js. */
    private static boolean isInitials(String s) {
        if (s.length() < 3) {
            return false;
        }
        for (int i = 0; i < s.length(); i++) {
            if (i % 2 == 0 ? !Character.isLetter(s.charAt(i)) : s.charAt(i) != '.') {
                return false;
            }
        }
        return true;
    }

    private void sign(int c) {
        String s = Character.toString(c);
        if (c == '.' && at > 0 && (initialBefore() || abbreviationBefore())) {
            at++;
            return;
        }
        if (c == '.' || c == '?' || c == '!' || c == ';' || c == '。' || c == '？') {
            at++;
            stop();
            return;
        }
        boolean operator = "-*/".indexOf(c) >= 0 && betweenNumbers() || c == '-' && isSign();
        Kind kind = !operator && PAUSES.indexOf(c) >= 0 ? Kind.PAUSE : Kind.SYMBOL;
        tokens.add(new Token(kind, s, s, false, at));
        at += s.length();
    }

    /** The dot of an initial or an abbreviation: "A. R. Rahman", "U.S. law". */
    private boolean initialBefore() {
        if (tokens.isEmpty() || tokens.getLast().kind() != Kind.WORD) {
            return false;
        }
        Token last = tokens.getLast();
        boolean single =
                last.shown().length() == 1 && Character.isUpperCase(last.shown().charAt(0)) && !last.is("i");
        boolean initials =
                last.shown().indexOf('.') > 0 && isInitials(last.shown().toLowerCase(Locale.ROOT));
        return (single || initials)
                && at + 1 < text.length()
                && last.start() + last.shown().length() == at;
    }

    private boolean abbreviationBefore() {
        return !tokens.isEmpty()
                && tokens.getLast().kind() == Kind.WORD
                && ABBREVIATIONS.contains(tokens.getLast().text());
    }

    /** Whether the dash makes the number right behind it negative. */
    private boolean isSign() {
        boolean open = at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
        return open && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
    }

    /** Whether digits stand on both sides: a sum, a range or a date, and not a dash, a bullet or "and/or". */
    private boolean betweenNumbers() {
        int before = at - 1;
        while (before >= 0 && text.charAt(before) == ' ') {
            before--;
        }
        int after = at + 1;
        while (after < text.length() && text.charAt(after) == ' ') {
            after++;
        }
        return before >= 0
                && after < text.length()
                && Character.isDigit(text.charAt(before))
                && Character.isDigit(text.charAt(after));
    }
}
