package io.theseus.engine.template;

import java.util.Iterator;
import java.util.List;

/** {@code {% set %}} in its two forms. */
record Assignment(Target target, Source source, int line) implements Statement {
    /** What is assigned to. */
    sealed interface Target {
        void assign(Frame frame, Object value);

        record Variable(String name) implements Target {
            @Override
            public void assign(Frame frame, Object value) {
                frame.set(name, value);
            }
        }

        /** {@code ns.name}. */
        record Member(String namespace, String name) implements Target {
            @Override
            public void assign(Frame frame, Object value) {
                if (!(frame.lookup(namespace) instanceof Namespace found)) {
                    throw new TemplateFault(
                            TemplateFault.Kind.RUNTIME, "cannot assign attribute on non-namespace object");
                }
                found.set(name, value);
            }
        }

        /** {@code a, b}. */
        record Unpacking(List<Target> targets) implements Target {
            @Override
            public void assign(Frame frame, Object value) {
                if (value instanceof Undefined && !targets.isEmpty()) {
                    throw TemplateFault.value("not enough values to unpack (expected " + targets.size() + ", got 0)");
                }
                if (!Values.isIterable(value)) {
                    throw TemplateFault.type("cannot unpack non-iterable " + Values.typeName(value) + " object");
                }
                Iterator<Object> items = Values.iterate(value);
                for (int i = 0; i < targets.size(); i++) {
                    if (!items.hasNext()) {
                        throw TemplateFault.value(
                                "not enough values to unpack (expected " + targets.size() + ", got " + i + ")");
                    }
                    targets.get(i).assign(frame, items.next());
                }
                if (items.hasNext()) {
                    throw TemplateFault.value("too many values to unpack (expected " + targets.size() + ")");
                }
            }
        }
    }

    /** What is assigned. */
    sealed interface Source {
        record Value(Expr expr) implements Source {}

        /** The text a body prints, filtered. */
        record Body(List<Statement> statements, List<Invocation.Filter> filters) implements Source {}
    }

    @Override
    public Flow run(Frame frame, StringBuilder out) {
        frame.work().at(line);
        Object value = switch (source) {
            case Source.Value(Expr expr) -> frame.eval(expr);
            case Source.Body(List<Statement> body, List<Invocation.Filter> filters) ->
                Statement.filtered(Statement.capture(body, new Frame(frame)), filters, frame);
        };
        target.assign(frame, value);
        return Flow.NEXT;
    }
}
