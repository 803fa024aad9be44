package io.theseus.engine.template;

import java.util.List;

/** What stands between the expressions of a template: text, tags and their bodies. */
sealed interface Statement
        permits Statement.Text,
                Statement.Print,
                Statement.If,
                Statement.Define,
                Statement.CallBlock,
                Statement.Control,
                Statement.Scoped,
                Statement.FilterBlock,
                Assignment,
                ForLoop {
    /** How a statement ended. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow run(Frame frame, StringBuilder out);

    /** Runs statements until one breaks out of, or goes on with, the loop around them. */
    static Flow runAll(List<Statement> body, Frame frame, StringBuilder out) {
        for (Statement statement : body) {
            Flow flow = statement.run(frame, out);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    /** What {@code body} prints. */
    static String capture(List<Statement> body, Frame frame) {
        frame.work().enter();
        StringBuilder out = new StringBuilder();
        runAll(body, frame, out);
        frame.work().leave();
        return out.toString();
    }

    private static void append(StringBuilder out, String text, Work work) {
        if ((long) out.length() + text.length() > Work.MAX_TEXT) {
            throw TemplateFault.limit("the text grows beyond " + Work.MAX_TEXT + " characters");
        }
        work.spend(1 + (text.length() >> 3));
        out.append(text);
    }

    record Text(String text) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            append(out, text, frame.work());
            return Flow.NEXT;
        }
    }

    record Print(Expr value, int line) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            frame.work().at(line);
            append(out, PythonText.str(frame.eval(value), frame.work()), frame.work());
            return Flow.NEXT;
        }
    }

    /** The conditions of if and elif with their bodies; {@code otherwise} may be empty. */
    record If(List<Expr> conditions, List<Integer> lines, List<List<Statement>> bodies, List<Statement> otherwise)
            implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            frame.work().enter();
            List<Statement> chosen = otherwise;
            for (int i = 0; i < conditions.size(); i++) {
                frame.work().at(lines.get(i));
                if (Values.truth(frame.eval(conditions.get(i)))) {
                    chosen = bodies.get(i);
                    break;
                }
            }
            Flow flow = runAll(chosen, frame, out);
            frame.work().leave();
            return flow;
        }
    }

    record Define(Macro.Definition macro) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            frame.set(macro.name(), new Macro(macro, frame));
            return Flow.NEXT;
        }
    }

    /** {@code {% call(...) macro(...) %}}: the body is what the macro's {@code caller()} prints. */
    record CallBlock(Macro.Definition caller, Invocation.Call call) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            frame.work().at(call.line());
            Object value = call.call(frame, new Macro(caller, frame));
            append(out, PythonText.str(value, frame.work()), frame.work());
            return Flow.NEXT;
        }
    }

    /** {@code break} or {@code continue}. */
    record Control(Flow flow) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            return flow;
        }
    }

    /**
     * A body with a scope of its own: {@code with}, whose values are evaluated outside it, and {@code generation},
     * which marks the assistant's text for training and prints it unchanged.
     */
    record Scoped(List<Assignment.Target> targets, List<Expr> values, List<Statement> body) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            frame.work().enter();
            Frame inside = new Frame(frame);
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(inside, frame.eval(values.get(i)));
            }
            Flow flow = runAll(body, inside, out);
            frame.work().leave();
            return flow;
        }
    }

    /** {@code {% filter name %}}. The last of {@code filters} reads the body's text from the constant it ends in. */
    record FilterBlock(List<Invocation.Filter> filters, List<Statement> body) implements Statement {
        @Override
        public Flow run(Frame frame, StringBuilder out) {
            Object text = filtered(capture(body, new Frame(frame)), filters, frame);
            append(out, PythonText.str(text, frame.work()), frame.work());
            return Flow.NEXT;
        }
    }

    /** {@code text} after each filter in turn; their own values are not used. */
    static Object filtered(String text, List<Invocation.Filter> filters, Frame frame) {
        Object value = text;
        for (Invocation.Filter filter : filters) {
            Arguments arguments = filter.given().eval(frame);
            frame.work().at(filter.line());
            value = Filters.apply(filter.name(), value, arguments, frame);
        }
        return value;
    }
}
