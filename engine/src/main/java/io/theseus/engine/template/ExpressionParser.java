package io.theseus.engine.template;

import io.theseus.engine.template.Operation.Arithmetic;
import io.theseus.engine.template.Operation.Relation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions with Jinja's precedences, which are not quite Python's: {@code ~} binds tighter than {@code +},
 * filters and tests tighter than arithmetic, and a sign tighter than {@code **}.
 */
final class ExpressionParser {
    private final TokenStream in;
    private final PrimaryParser primaries;
    private final PostfixParser postfixes;

    ExpressionParser(TokenStream in, References references) {
        this.in = in;
        this.primaries = new PrimaryParser(in, references, this);
        this.postfixes = new PostfixParser(in, references, this, primaries);
    }

    /** What follows an operand: filters, calls, subscripts. */
    PostfixParser postfixes() {
        return postfixes;
    }

    Expr expression() {
        return expression(true);
    }

    private Expr expression(boolean withConditional) {
        in.enter();
        Expr expr = withConditional ? conditional() : or();
        in.leave();
        return expr;
    }

    private Expr conditional() {
        Expr value = or();
        while (in.skipName("if")) {
            Expr condition = or();
            Expr otherwise = in.skipName("else") ? expression() : null;
            value = new Operation.Conditional(condition, value, otherwise);
        }
        return value;
    }

    private Expr or() {
        Expr left = and();
        for (int chain = 0; in.skipName("or"); chain++) {
            left = new Operation.Or(left, limited(and(), chain));
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        for (int chain = 0; in.skipName("and"); chain++) {
            left = new Operation.And(left, limited(not(), chain));
        }
        return left;
    }

    private Expr not() {
        if (!in.atName("not")) {
            return comparison();
        }
        in.next();
        in.enter();
        Expr operand = not();
        in.leave();
        return new Operation.Not(operand);
    }

    private Expr comparison() {
        Expr first = sum();
        List<Relation> relations = new ArrayList<>();
        List<Expr> operands = new ArrayList<>();
        for (Relation relation = relation(); relation != null; relation = relation()) {
            relations.add(relation);
            operands.add(sum());
        }
        return relations.isEmpty() ? first : new Operation.Comparison(first, relations, operands);
    }

    private @Nullable Relation relation() {
        if (in.skipName("in")) {
            return Relation.IN;
        }
        if (in.atName("not") && in.ahead().is(Token.Kind.NAME, "in")) {
            in.next();
            in.next();
            return Relation.NOT_IN;
        }
        if (!in.at(Token.Kind.OPERATOR)) {
            return null;
        }
        Relation relation = switch (in.current().text()) {
            case "==" -> Relation.EQUAL;
            case "!=" -> Relation.NOT_EQUAL;
            case "<" -> Relation.LESS;
            case "<=" -> Relation.LESS_OR_EQUAL;
            case ">" -> Relation.GREATER;
            case ">=" -> Relation.GREATER_OR_EQUAL;
            default -> null;
        };
        if (relation != null) {
            in.next();
        }
        return relation;
    }

    private Expr sum() {
        Expr left = concat();
        for (int chain = 0; in.atOperator("+") || in.atOperator("-"); chain++) {
            Arithmetic operator = in.next().text().equals("+") ? Arithmetic.ADD : Arithmetic.SUBTRACT;
            left = new Operation.Binary(operator, left, limited(concat(), chain));
        }
        return left;
    }

    private Expr concat() {
        Expr first = product();
        if (!in.atOperator("~")) {
            return first;
        }
        List<Expr> operands = new ArrayList<>(List.of(first));
        while (in.skipOperator("~")) {
            operands.add(product());
        }
        return new Operation.Concat(operands);
    }

    private Expr product() {
        Expr left = power();
        for (int chain = 0; in.at(Token.Kind.OPERATOR); chain++) {
            Arithmetic operator = switch (in.current().text()) {
                case "*" -> Arithmetic.MULTIPLY;
                case "/" -> Arithmetic.DIVIDE;
                case "//" -> Arithmetic.FLOOR_DIVIDE;
                case "%" -> Arithmetic.REMAINDER;
                default -> null;
            };
            if (operator == null) {
                break;
            }
            in.next();
            left = new Operation.Binary(operator, left, limited(power(), chain));
        }
        return left;
    }

    private Expr power() {
        Expr left = unary(true);
        for (int chain = 0; in.skipOperator("**"); chain++) {
            left = new Operation.Binary(Arithmetic.POWER, left, limited(unary(true), chain));
        }
        return left;
    }

    private Expr unary(boolean withFilters) {
        Expr expr;
        if (in.atOperator("-") || in.atOperator("+")) {
            boolean negative = in.next().text().equals("-");
            in.enter();
            expr = new Operation.Sign(negative, unary(false));
            in.leave();
        } else {
            expr = primaries.primary();
        }
        expr = postfixes.postfix(expr);
        return withFilters ? postfixes.filters(expr) : expr;
    }

    List<Expr> expressionsUntil(String close) {
        List<Expr> items = new ArrayList<>();
        while (!in.atOperator(close)) {
            if (!items.isEmpty()) {
                in.expectOperator(",");
                if (in.atOperator(close)) {
                    break;
                }
            }
            items.add(expression());
        }
        in.expectOperator(close);
        return items;
    }

    /**
     * One expression, or several between commas as a tuple. Conditional expressions are left out where {@code if}
     * means a filter.
     */
    Expr tuple(boolean withConditional, boolean inParentheses) {
        List<Expr> items = new ArrayList<>();
        boolean isTuple = false;
        while (!isTupleEnd()) {
            items.add(expression(withConditional));
            if (!in.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (!isTuple && items.size() == 1) {
            return items.getFirst();
        }
        if (items.isEmpty() && !inParentheses) {
            throw in.invalid("expected an expression, got " + in.current().describe());
        }
        return new Literal.TupleDisplay(items);
    }

    private boolean isTupleEnd() {
        return in.at(Token.Kind.PRINT_END)
                || in.at(Token.Kind.BLOCK_END)
                || in.atOperator(")")
                || in.atName("recursive");
    }

    /** {@code expr}, unless it is one link too many of a chain, each of which is one level of the tree. */
    Expr limited(Expr expr, int chain) {
        if (chain > 200) {
            throw TokenStream.unsupported(
                    "an expression of more than 200 links", in.current().line());
        }
        return expr;
    }
}
