package io.theseus.engine.template;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.List;

/** The tokens of a template with a place among them, and the faults a parser can find. */
final class TokenStream {
    /** Deepest nesting of brackets and blocks in a template's text. */
    private static final int MAX_NESTING = 120;

    private final List<Token> tokens;
    private int at;
    private int nesting;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token ahead() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    boolean atOperator(String text) {
        return current().is(Token.Kind.OPERATOR, text);
    }

    boolean atName(String text) {
        return current().is(Token.Kind.NAME, text);
    }

    boolean at(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean skipOperator(String text) {
        boolean found = atOperator(text);
        at += found ? 1 : 0;
        return found;
    }

    boolean skipName(String text) {
        boolean found = atName(text);
        at += found ? 1 : 0;
        return found;
    }

    Token expect(Token.Kind kind, String what) {
        if (!at(kind)) {
            throw invalid("expected " + what + ", got " + current().describe());
        }
        return next();
    }

    void expectOperator(String text) {
        if (!skipOperator(text)) {
            throw invalid("expected '" + text + "', got " + current().describe());
        }
    }

    void expectName(String text) {
        if (!skipName(text)) {
            throw invalid("expected '" + text + "', got " + current().describe());
        }
    }

    void enter() {
        if (++nesting > MAX_NESTING) {
            throw unsupported(
                    "nesting deeper than " + MAX_NESTING + " levels", current().line());
        }
    }

    void leave() {
        nesting--;
    }

    TheseusException invalid(String words) {
        return new TheseusException(
                ErrorCode.MODEL_INVALID,
                "chat template, line " + current().line() + ": " + words
                        + "; the model's file or the template is damaged");
    }

    static TheseusException unsupported(String construct, int line) {
        return new TheseusException(
                ErrorCode.MODEL_UNSUPPORTED,
                "chat template, line " + line + ": " + construct
                        + " is not supported; use the model with another template");
    }
}
