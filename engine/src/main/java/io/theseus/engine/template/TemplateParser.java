package io.theseus.engine.template;

import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses a whole template. */
final class TemplateParser {
    private final TokenStream in;
    private final References references;
    private final ExpressionParser expressions;
    private int loops;

    private TemplateParser(TokenStream in, References references) {
        this.in = in;
        this.references = references;
        this.expressions = new ExpressionParser(in, references);
    }

    /**
     * The statements of {@code source}.
     *
     * @param references is filled
     * @throws TheseusException as {@link ChatTemplate#compile}
     */
    static List<Statement> parse(String source, References references) {
        TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokens(source)), references);
        List<Statement> body = parser.statements(Set.of());
        references.checkCalls();
        return body;
    }

    /** Statements up to a tag named in {@code ends}, whose name is the next token then. */
    private List<Statement> statements(Set<String> ends) {
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = in.next();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(token.text()));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple(true, false), token.line()));
                    in.expect(Token.Kind.PRINT_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (in.at(Token.Kind.NAME) && ends.contains(in.current().text())) {
                        return body;
                    }
                    in.enter();
                    statement(body);
                    in.leave();
                    in.expect(Token.Kind.BLOCK_END, "'%}'");
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw in.invalid("unexpected end of the template; expected one of " + ends);
                    }
                    return body;
                }
                default -> throw in.invalid("unexpected " + token.describe());
            }
        }
    }

    /** The body of a tag that has just been read, up to its {@code end} tag, which is consumed. */
    private List<Statement> body(String end) {
        List<Statement> body = bodyUntil(Set.of(end));
        in.expectName(end);
        return body;
    }

    private List<Statement> bodyUntil(Set<String> ends) {
        in.skipOperator(":");
        in.expect(Token.Kind.BLOCK_END, "'%}'");
        return statements(ends);
    }

    /** A body that break and continue do not reach out of. */
    private List<Statement> closedBody(String end) {
        int outer = loops;
        loops = 0;
        List<Statement> body = body(end);
        loops = outer;
        return body;
    }

    private void statement(List<Statement> into) {
        Token tag = in.expect(Token.Kind.NAME, "the name of a tag");
        int line = tag.line();
        switch (tag.text()) {
            case "if" -> into.add(ifElse());
            case "for" -> into.add(loop(line));
            case "set" -> into.add(set(line));
            case "macro" -> {
                String name = in.expect(Token.Kind.NAME, "the name of a macro").text();
                references.bound(name);
                into.add(new Statement.Define(macro(name)));
            }
            case "call" -> into.add(callBlock());
            case "filter" -> {
                List<Invocation.Filter> filters = new ArrayList<>();
                filters.add(expressions.postfixes().filterAfterBar(new Literal.Constant("")));
                moreFilters(filters);
                into.add(new Statement.FilterBlock(filters, closedBody("endfilter")));
            }
            case "with" -> into.add(with());
            case "generation" -> into.add(new Statement.Scoped(List.of(), List.of(), closedBody("endgeneration")));
            case "break", "continue" -> {
                if (loops == 0) {
                    throw in.invalid("'" + tag.text() + "' outside of a loop");
                }
                into.add(new Statement.Control(
                        tag.text().equals("break") ? Statement.Flow.BREAK : Statement.Flow.CONTINUE));
            }
            case "print" -> {
                do {
                    into.add(new Statement.Print(expressions.expression(), line));
                } while (in.skipOperator(","));
            }
            case "elif",
                    "else",
                    "endif",
                    "endfor",
                    "endset",
                    "endmacro",
                    "endcall",
                    "endfilter",
                    "endwith",
                    "endgeneration",
                    "endraw" -> throw in.invalid("unexpected tag '" + tag.text() + "'");
            default -> throw TokenStream.unsupported("the tag '" + tag.text() + "'", line);
        }
    }

    private Statement ifElse() {
        List<Expr> conditions = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        List<List<Statement>> bodies = new ArrayList<>();
        List<Statement> otherwise = List.of();
        String next = "elif";
        while (next.equals("elif")) {
            lines.add(in.current().line());
            conditions.add(expressions.tuple(false, false));
            bodies.add(bodyUntil(Set.of("elif", "else", "endif")));
            next = in.next().text();
        }
        if (next.equals("else")) {
            otherwise = body("endif");
        }
        return new Statement.If(conditions, lines, bodies, otherwise);
    }

    private Statement loop(int line) {
        Assignment.Target target = target("in", false);
        in.expectName("in");
        Expr items = expressions.tuple(false, false);
        Expr condition = in.skipName("if") ? expressions.expression() : null;
        boolean recursive = in.skipName("recursive");
        loops++;
        List<Statement> body = bodyUntil(Set.of("endfor", "else"));
        loops--;
        List<Statement> otherwise = in.next().text().equals("else") ? body("endfor") : List.of();
        return new ForLoop(target, items, condition, recursive, body, otherwise, line);
    }

    private Statement set(int line) {
        Assignment.Target target = target("=", true);
        if (in.skipOperator("=")) {
            return new Assignment(target, new Assignment.Source.Value(expressions.tuple(true, false)), line);
        }
        List<Invocation.Filter> filters = new ArrayList<>();
        moreFilters(filters);
        return new Assignment(target, new Assignment.Source.Body(closedBody("endset"), filters), line);
    }

    private void moreFilters(List<Invocation.Filter> filters) {
        while (in.atOperator("|")) {
            filters.add(expressions.postfixes().filter(new Literal.Constant("")));
        }
    }

    /** What stands before {@code end}: a name, {@code namespace.name} where allowed, or several of them as a tuple. */
    private Assignment.Target target(String end, boolean withNamespace) {
        List<Assignment.Target> targets = new ArrayList<>();
        boolean isTuple = false;
        while (!in.atName(end) && !in.atOperator(end) && !in.at(Token.Kind.BLOCK_END) && !in.atOperator(")")) {
            targets.add(oneTarget(withNamespace));
            if (!in.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (targets.isEmpty()) {
            throw in.invalid("expected a name to assign to, got " + in.current().describe());
        }
        return isTuple ? new Assignment.Target.Unpacking(targets) : targets.getFirst();
    }

    private Assignment.Target oneTarget(boolean withNamespace) {
        if (in.skipOperator("(")) {
            in.enter();
            Assignment.Target inner = target(")", withNamespace);
            in.leave();
            in.expectOperator(")");
            return inner;
        }
        Token name = in.expect(Token.Kind.NAME, "a name to assign to");
        if (withNamespace && in.skipOperator(".")) {
            references.read(name.text());
            return new Assignment.Target.Member(
                    name.text(),
                    in.expect(Token.Kind.NAME, "an attribute's name").text());
        }
        switch (name.text()) {
            case "true", "false", "none", "True", "False", "None" ->
                throw in.invalid("can't assign to '" + name.text() + "'");
            default -> references.bound(name.text());
        }
        return new Assignment.Target.Variable(name.text());
    }

    private Macro.Definition macro(String name) {
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        references.beginMacro();
        parameters(parameters, defaults);
        return definition(name, parameters, defaults, closedBody("endmacro"));
    }

    /** The macro whose reading began with {@link References#beginMacro}. */
    private Macro.Definition definition(
            String name, List<String> parameters, List<Expr> defaults, List<Statement> body) {
        Set<String> read = references.endMacro();
        return new Macro.Definition(
                name,
                parameters,
                defaults,
                body,
                read.contains("caller"),
                read.contains("kwargs") && !parameters.contains("kwargs"),
                read.contains("varargs") && !parameters.contains("varargs"));
    }

    private void parameters(List<String> names, List<Expr> defaults) {
        in.expectOperator("(");
        while (!in.atOperator(")")) {
            if (!names.isEmpty()) {
                in.expectOperator(",");
            }
            String name = in.expect(Token.Kind.NAME, "a parameter's name").text();
            if (names.contains(name)) {
                throw in.invalid("duplicate argument '" + name + "' in function definition");
            }
            names.add(name);
            references.bound(name);
            if (in.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw in.invalid("non-default argument follows default argument");
            }
        }
        in.expectOperator(")");
    }

    private Statement callBlock() {
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        references.beginMacro();
        if (in.atOperator("(")) {
            parameters(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Invocation.Call call)) {
            throw in.invalid("expected call");
        }
        return new Statement.CallBlock(definition("caller", parameters, defaults, closedBody("endcall")), call);
    }

    private Statement with() {
        List<Assignment.Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!in.at(Token.Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                in.expectOperator(",");
            }
            targets.add(target("=", false));
            in.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.Scoped(targets, values, body("endwith"));
    }
}
