package io.theseus.engine.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Parses what an expression begins with: names, literals, displays, parentheses. */
final class PrimaryParser {
    private final TokenStream in;
    private final References references;
    private final ExpressionParser expressions;

    PrimaryParser(TokenStream in, References references, ExpressionParser expressions) {
        this.in = in;
        this.references = references;
        this.expressions = expressions;
    }

    Expr primary() {
        Token token = in.next();
        switch (token.kind()) {
            case NAME -> {
                return switch (token.text()) {
                    case "true", "True" -> new Literal.Constant(true);
                    case "false", "False" -> new Literal.Constant(false);
                    case "none", "None" -> new Literal.Constant(None.NONE);
                    default -> {
                        references.read(token.text());
                        yield new Literal.Name(token.text());
                    }
                };
            }
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (in.at(Token.Kind.STRING)) {
                    text.append(in.next().text());
                }
                return new Literal.Constant(text.toString());
            }
            case INTEGER -> {
                return new Literal.Constant(integer(token));
            }
            case FLOAT -> {
                return new Literal.Constant(Double.valueOf(token.text().replace("_", "")));
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        Expr expr = expressions.tuple(true, true);
                        in.expectOperator(")");
                        return expr;
                    }
                    case "[" -> {
                        return new Literal.ListDisplay(expressions.expressionsUntil("]"));
                    }
                    case "{" -> {
                        return dict();
                    }
                    default -> throw unexpected(token);
                }
            }
            default -> throw unexpected(token);
        }
    }

    private RuntimeException unexpected(Token token) {
        return in.invalid("unexpected " + token.describe());
    }

    Object integer(Token token) {
        BigInteger value = NumberFilters.parseInteger(token.text(), token.text().matches("0+") ? 10 : 0);
        if (value == null) {
            throw in.invalid("'" + token.text() + "' is not a number");
        }
        try {
            return Numbers.shrink(value);
        } catch (TemplateFault tooLong) {
            throw TokenStream.unsupported("an integer of more than 4900 digits", token.line());
        }
    }

    private Expr dict() {
        List<Expr> keys = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!in.atOperator("}")) {
            if (!keys.isEmpty()) {
                in.expectOperator(",");
                if (in.atOperator("}")) {
                    break;
                }
            }
            keys.add(expressions.expression());
            in.expectOperator(":");
            values.add(expressions.expression());
        }
        in.expectOperator("}");
        return new Literal.DictDisplay(keys, values);
    }
}
