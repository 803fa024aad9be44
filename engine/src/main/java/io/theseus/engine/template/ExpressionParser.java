package io.theseus.engine.template;

import io.theseus.engine.template.Operation.Arithmetic;
import io.theseus.engine.template.Operation.Relation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions with Jinja's precedences, which are not quite Python's: {@code ~} binds tighter than {@code +},
 * filters and tests tighter than arithmetic, and a sign tighter than {@code **}.
 */
final class ExpressionParser {
    private final TokenStream in;
    private final References references;

    ExpressionParser(TokenStream in, References references) {
        this.in = in;
        this.references = references;
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
            expr = primary();
        }
        expr = postfix(expr);
        return withFilters ? filters(expr) : expr;
    }

    private Expr primary() {
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
                        Expr expr = tuple(true, true);
                        in.expectOperator(")");
                        return expr;
                    }
                    case "[" -> {
                        return new Literal.ListDisplay(expressionsUntil("]"));
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

    private Object integer(Token token) {
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

    private List<Expr> expressionsUntil(String close) {
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
            keys.add(expression());
            in.expectOperator(":");
            values.add(expression());
        }
        in.expectOperator("}");
        return new Literal.DictDisplay(keys, values);
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

    private Expr postfix(Expr start) {
        Expr expr = start;
        for (int chain = 0; ; chain++) {
            limited(expr, chain);
            if (in.atOperator(".")) {
                expr = dotted(expr);
            } else if (in.atOperator("[")) {
                expr = subscript(expr);
            } else if (in.atOperator("(")) {
                expr = call(expr);
            } else {
                return expr;
            }
        }
    }

    private Expr filters(Expr start) {
        Expr expr = start;
        for (int chain = 0; ; chain++) {
            limited(expr, chain);
            if (in.atOperator("|")) {
                expr = filter(expr);
            } else if (in.atName("is")) {
                expr = test(expr);
            } else if (in.atOperator("(")) {
                expr = call(expr);
            } else {
                return expr;
            }
        }
    }

    private Expr dotted(Expr owner) {
        in.next();
        Token name = in.next();
        if (name.kind() == Token.Kind.INTEGER) {
            return new Access.Item(owner, new Literal.Constant(integer(name)));
        }
        if (name.kind() != Token.Kind.NAME) {
            throw in.invalid("expected name or number");
        }
        return new Access.Attribute(owner, name.text());
    }

    private Expr subscript(Expr owner) {
        in.next();
        List<Expr> keys = new ArrayList<>();
        boolean slices = false;
        while (!in.atOperator("]")) {
            if (!keys.isEmpty()) {
                in.expectOperator(",");
            }
            Expr start = in.atOperator(":") ? null : expression();
            if (start != null && !in.atOperator(":")) {
                keys.add(start);
                continue;
            }
            in.next();
            Expr stop = sliceBound();
            Expr step = in.skipOperator(":") ? sliceBound() : null;
            keys.add(new Access.Slice(owner, start, stop, step));
            slices = true;
        }
        in.next();
        if (keys.size() == 1) {
            return slices ? keys.getFirst() : new Access.Item(owner, keys.getFirst());
        }
        if (slices) {
            throw TokenStream.unsupported(
                    "a slice of several dimensions", in.current().line());
        }
        return new Access.Item(owner, new Literal.TupleDisplay(keys));
    }

    private @Nullable Expr sliceBound() {
        return in.atOperator(":") || in.atOperator("]") || in.atOperator(",") ? null : expression();
    }

    private Invocation.Call call(Expr function) {
        int line = in.current().line();
        if (function instanceof Literal.Name name) {
            references.called(name.id(), line);
        } else if (function instanceof Access.Attribute attribute
                && StringMethods.UNSUPPORTED.contains(attribute.name())) {
            throw TokenStream.unsupported("the method " + attribute.name() + "()", line);
        }
        return new Invocation.Call(function, given(), line);
    }

    private Invocation.Given given() {
        in.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expr> named = new ArrayList<>();
        Expr star = null;
        Expr doubleStar = null;
        boolean first = true;
        while (!in.atOperator(")")) {
            if (!first) {
                in.expectOperator(",");
                if (in.atOperator(")")) {
                    break;
                }
            }
            first = false;
            if (in.skipOperator("*")) {
                check(star == null && doubleStar == null);
                star = expression();
            } else if (in.skipOperator("**")) {
                check(doubleStar == null);
                doubleStar = expression();
            } else if (in.at(Token.Kind.NAME) && in.ahead().is(Token.Kind.OPERATOR, "=")) {
                check(doubleStar == null && !names.contains(in.current().text()));
                names.add(in.next().text());
                in.next();
                named.add(expression());
            } else {
                check(star == null && doubleStar == null && names.isEmpty());
                positional.add(expression());
            }
        }
        in.expectOperator(")");
        return first ? Invocation.Given.NOTHING : new Invocation.Given(positional, names, named, star, doubleStar);
    }

    private void check(boolean valid) {
        if (!valid) {
            throw in.invalid("invalid syntax for function call expression");
        }
    }

    Invocation.Filter filter(Expr value) {
        in.expectOperator("|");
        return filterAfterBar(value);
    }

    /** A filter whose bar has been read, or that stands without one. */
    Invocation.Filter filterAfterBar(Expr value) {
        Token name = in.expect(Token.Kind.NAME, "the name of a filter");
        String full = dottedName(name.text());
        if (!Filters.NAMES.contains(full)) {
            throw TokenStream.unsupported("the filter '" + full + "'", name.line());
        }
        Invocation.Given given = in.atOperator("(") ? given() : Invocation.Given.NOTHING;
        checkNamed(full, given, name.line());
        return new Invocation.Filter(value, full, given, name.line());
    }

    /** Refuses at load what {@code map('name')} and {@code select('name')} would only find when rendering. */
    private static void checkNamed(String filter, Invocation.Given given, int line) {
        int place = filter.endsWith("attr") ? 1 : 0;
        if (given.positional().size() <= place
                || !(given.positional().get(place) instanceof Literal.Constant constant)
                || !(constant.value() instanceof String name)) {
            return;
        }
        switch (filter) {
            case "map" -> {
                if (!Filters.NAMES.contains(name)) {
                    throw TokenStream.unsupported("the filter '" + name + "'", line);
                }
            }
            case "select", "reject", "selectattr", "rejectattr" -> {
                if (!Predicates.NAMES.contains(name)) {
                    throw TokenStream.unsupported("the test '" + name + "'", line);
                }
            }
            default -> {}
        }
    }

    private String dottedName(String first) {
        StringBuilder name = new StringBuilder(first);
        while (in.skipOperator(".")) {
            name.append('.').append(in.expect(Token.Kind.NAME, "a name").text());
        }
        return name.toString();
    }

    private Expr test(Expr value) {
        in.next();
        boolean negated = in.skipName("not");
        Token first = in.expect(Token.Kind.NAME, "the name of a test");
        String name = dottedName(first.text());
        if (!Predicates.NAMES.contains(name)) {
            throw TokenStream.unsupported("the test '" + name + "'", first.line());
        }
        Invocation.Given given = Invocation.Given.NOTHING;
        if (in.atOperator("(")) {
            given = given();
        } else if (beginsArgument()) {
            if (in.atName("is")) {
                throw in.invalid("You cannot chain multiple tests with is");
            }
            given = new Invocation.Given(List.of(postfix(primary())), List.of(), List.of(), null, null);
        }
        if (value instanceof Literal.Name tested && (name.equals("defined") || name.equals("undefined"))) {
            references.tested(tested.id());
        }
        Expr test = new Invocation.Test(value, name, given);
        return negated ? new Operation.Not(test) : test;
    }

    private boolean beginsArgument() {
        return switch (in.current().kind()) {
            case NAME -> !in.atName("else") && !in.atName("or") && !in.atName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> in.atOperator("[") || in.atOperator("{");
            default -> false;
        };
    }

    /** {@code expr}, unless it is one link too many of a chain, each of which is one level of the tree. */
    private Expr limited(Expr expr, int chain) {
        if (chain > 200) {
            throw TokenStream.unsupported(
                    "an expression of more than 200 links", in.current().line());
        }
        return expr;
    }
}
