package io.theseus.engine.template;

import org.jspecify.annotations.Nullable;

/** {@code a.b}, {@code a[b]} and {@code a[b:c:d]}. */
sealed interface Access extends Expr {
    record Attribute(Expr owner, String name) implements Access {
        @Override
        public Object eval(Frame frame) {
            return Members.attribute(frame.eval(owner), name);
        }
    }

    record Item(Expr owner, Expr key) implements Access {
        @Override
        public Object eval(Frame frame) {
            return Members.item(frame.eval(owner), frame.eval(key));
        }
    }

    record Slice(
            Expr owner,
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step) implements Access {
        @Override
        public Object eval(Frame frame) {
            Object value = frame.eval(owner);
            return Slicing.slice(value, bound(start, frame), bound(stop, frame), bound(step, frame), frame.work());
        }

        private static @Nullable Object bound(@Nullable Expr bound, Frame frame) {
            Object value = bound == null ? None.NONE : frame.eval(bound);
            return value == None.NONE ? null : value;
        }
    }
}
