package io.theseus.engine.template;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * {@code {% for target in items if condition recursive %}body{% else %}otherwise{% endfor %}}.
 *
 * @param condition which items to take; null = all
 */
record ForLoop(
        Assignment.Target target,
        Expr items,
        @Nullable Expr condition,
        boolean recursive,
        List<Statement> body,
        List<Statement> otherwise,
        int line)
        implements Statement {
    @Override
    public Flow run(Frame frame, StringBuilder out) {
        frame.work().at(line);
        return run(frame, frame.eval(items), 0, out);
    }

    private Flow run(Frame frame, Object sequence, int depth, StringBuilder out) {
        Work work = frame.work();
        work.enter();
        Iterator<Object> source = Values.iterate(sequence);
        Iterator<Object> taken = condition == null ? source : new Filtered(source, condition, frame);
        Loop loop = new Loop(taken, depth, recursive ? (inner, level) -> recurse(frame, inner, level) : null);
        // As in jinja2, a loop whose every iteration was cut short counts as one that did not run.
        boolean completed = false;
        while (loop.hasNext()) {
            work.spend(4);
            Frame iteration = new Frame(frame);
            target.assign(iteration, loop.next());
            iteration.set("loop", loop);
            Flow flow = Statement.runAll(body, iteration, out);
            completed |= flow == Flow.NEXT;
            if (flow == Flow.BREAK) {
                break;
            }
        }
        Flow flow = completed ? Flow.NEXT : Statement.runAll(otherwise, new Frame(frame), out);
        work.leave();
        return flow;
    }

    private String recurse(Frame frame, Object sequence, int depth) {
        StringBuilder out = new StringBuilder();
        run(frame, sequence, depth, out);
        frame.work().text(out.length());
        return out.toString();
    }

    /** The items for which the loop's condition holds, found one at a time. */
    private final class Filtered implements Iterator<Object> {
        private final Iterator<Object> source;
        private final Expr test;
        private final Frame frame;
        private @Nullable Object found;

        Filtered(Iterator<Object> source, Expr test, Frame frame) {
            this.source = source;
            this.test = test;
            this.frame = frame;
        }

        @Override
        public boolean hasNext() {
            while (found == null && source.hasNext()) {
                Object candidate = source.next();
                Frame inside = new Frame(frame);
                target.assign(inside, candidate);
                if (Values.truth(inside.eval(test))) {
                    found = candidate;
                }
            }
            return found != null;
        }

        @Override
        public Object next() {
            if (!hasNext() || found == null) {
                throw new NoSuchElementException();
            }
            Object next = found;
            found = null;
            return next;
        }
    }
}
