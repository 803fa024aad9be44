package io.theseus.engine.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls of functions and methods, filters and tests. */
sealed interface Invocation extends Expr {
    /**
     * Unevaluated arguments.
     *
     * @param star a sequence of further positional arguments
     * @param doubleStar a dict of further named ones
     */
    record Given(
            List<Expr> positional,
            List<String> names,
            List<Expr> named,
            @Nullable Expr star,
            @Nullable Expr doubleStar) {
        static final Given NOTHING = new Given(List.of(), List.of(), List.of(), null, null);

        @SuppressWarnings("ReferenceEquality") // the one instance
        Arguments eval(Frame frame) {
            if (this == NOTHING) {
                return Arguments.NONE;
            }
            List<Object> values = new ArrayList<>(positional.size());
            for (Expr expr : positional) {
                values.add(frame.eval(expr));
            }
            if (star != null) {
                values.addAll(Values.list(frame.eval(star), frame.work()));
            }
            if (names.isEmpty() && doubleStar == null) {
                return new Arguments(values, Map.of());
            }
            Map<String, Object> byName = LinkedHashMap.newLinkedHashMap(names.size());
            for (int i = 0; i < names.size(); i++) {
                byName.put(names.get(i), frame.eval(named.get(i)));
            }
            if (doubleStar != null) {
                if (!(frame.eval(doubleStar) instanceof Dict dict)) {
                    throw TemplateFault.type("argument after ** must be a mapping");
                }
                for (Object key : dict.keys()) {
                    Object value = dict.get(key);
                    if (value != null) {
                        byName.put(Values.textOf(key), value);
                    }
                }
            }
            return new Arguments(values, byName);
        }
    }

    record Call(Expr function, Given given, int line) implements Invocation {
        @Override
        public Object eval(Frame frame) {
            return call(frame, null);
        }

        /** Calls with the body of a call block as {@code caller}, if there is one. */
        Object call(Frame frame, @Nullable Macro caller) {
            Object callee;
            if (function instanceof Access.Attribute attribute) {
                Object owner = frame.eval(attribute.owner());
                if (caller == null && Members.hasMethod(owner, attribute.name())) {
                    Arguments arguments = given.eval(frame);
                    frame.work().at(line);
                    return Members.call(owner, attribute.name(), arguments, frame);
                }
                callee = Members.attribute(owner, attribute.name());
            } else {
                callee = frame.eval(function);
            }
            Arguments arguments = given.eval(frame);
            if (caller != null) {
                Map<String, Object> named = new LinkedHashMap<>(arguments.named());
                named.put("caller", caller);
                arguments = new Arguments(arguments.positional(), named);
            }
            frame.work().at(line);
            return switch (callee) {
                case Callable callable -> callable.call(arguments, frame);
                case Undefined undefined -> throw undefined.fault();
                default -> throw TemplateFault.type("'" + Values.typeName(callee) + "' object is not callable");
            };
        }
    }

    /** {@code value | name(given)}. */
    record Filter(Expr value, String name, Given given, int line) implements Invocation {
        @Override
        public Object eval(Frame frame) {
            Object input = frame.eval(value);
            Arguments arguments = given.eval(frame);
            frame.work().at(line);
            return Filters.apply(name, input, arguments, frame);
        }
    }

    /** {@code value is name(given)}. */
    record Test(Expr value, String name, Given given) implements Invocation {
        @Override
        public Object eval(Frame frame) {
            return Predicates.holds(name, frame.eval(value), given.eval(frame), frame.work());
        }
    }
}
