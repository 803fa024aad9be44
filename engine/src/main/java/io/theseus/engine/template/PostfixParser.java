package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses what follows an operand: attributes, subscripts, calls, filters, tests. */
final class PostfixParser {
    private final TokenStream in;
    private final References references;
    private final ExpressionParser expressions;
    private final PrimaryParser primaries;

    PostfixParser(TokenStream in, References references, ExpressionParser expressions, PrimaryParser primaries) {
        this.in = in;
        this.references = references;
        this.expressions = expressions;
        this.primaries = primaries;
    }

    Expr postfix(Expr start) {
        Expr expr = start;
        for (int chain = 0; ; chain++) {
            expressions.limited(expr, chain);
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

    Expr filters(Expr start) {
        Expr expr = start;
        for (int chain = 0; ; chain++) {
            expressions.limited(expr, chain);
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
            return new Access.Item(owner, new Literal.Constant(primaries.integer(name)));
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
            Expr start = in.atOperator(":") ? null : expressions.expression();
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
        return in.atOperator(":") || in.atOperator("]") || in.atOperator(",") ? null : expressions.expression();
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
                star = expressions.expression();
            } else if (in.skipOperator("**")) {
                check(doubleStar == null);
                doubleStar = expressions.expression();
            } else if (in.at(Token.Kind.NAME) && in.ahead().is(Token.Kind.OPERATOR, "=")) {
                check(doubleStar == null && !names.contains(in.current().text()));
                names.add(in.next().text());
                in.next();
                named.add(expressions.expression());
            } else {
                check(star == null && doubleStar == null && names.isEmpty());
                positional.add(expressions.expression());
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
            given = new Invocation.Given(List.of(postfix(primaries.primary())), List.of(), List.of(), null, null);
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
}
