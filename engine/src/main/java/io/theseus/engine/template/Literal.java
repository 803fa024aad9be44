package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.List;

/** Names, constants and displays of lists, tuples and dicts. */
sealed interface Literal extends Expr {
    record Constant(Object value) implements Literal {
        @Override
        public Object eval(Frame frame) {
            return value;
        }
    }

    record Name(String id) implements Literal {
        @Override
        public Object eval(Frame frame) {
            return frame.lookup(id);
        }
    }

    record ListDisplay(List<Expr> items) implements Literal {
        @Override
        public Object eval(Frame frame) {
            return evalAll(items, frame);
        }
    }

    record TupleDisplay(List<Expr> items) implements Literal {
        @Override
        public Object eval(Frame frame) {
            return new Tuple(evalAll(items, frame));
        }
    }

    record DictDisplay(List<Expr> keys, List<Expr> values) implements Literal {
        @Override
        public Object eval(Frame frame) {
            Dict dict = new Dict(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                dict.put(frame.eval(keys.get(i)), frame.eval(values.get(i)));
            }
            return dict;
        }
    }

    private static List<Object> evalAll(List<Expr> items, Frame frame) {
        List<Object> values = new ArrayList<>(items.size());
        for (Expr item : items) {
            values.add(frame.eval(item));
        }
        return values;
    }
}
