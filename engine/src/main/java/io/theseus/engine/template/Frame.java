package io.theseus.engine.template;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A scope of variables inside the scope it was written in. One thread at a time. */
final class Frame {
    /** What one rendering shares between all its scopes. */
    record Shared(Work work, Instant now) {}

    private final @Nullable Frame parent;
    private final Shared shared;
    private final Map<String, Object> variables = new HashMap<>(8);

    /** The outermost scope. */
    Frame(Shared shared) {
        this.parent = null;
        this.shared = shared;
    }

    Frame(Frame parent) {
        this.parent = parent;
        this.shared = parent.shared;
    }

    Work work() {
        return shared.work;
    }

    Instant now() {
        return shared.now;
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    /** The variable or global function {@code name}, or an {@link Undefined}. */
    Object lookup(String name) {
        for (Frame frame = this; frame != null; frame = frame.parent) {
            Object value = frame.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        Object global = Globals.function(name);
        return global == null ? Undefined.variable(name) : global;
    }

    Object eval(Expr expr) {
        Work work = shared.work;
        work.enter();
        Object value = expr.eval(this);
        work.leave();
        return value;
    }
}
