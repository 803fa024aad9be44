package io.theseus.engine.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Which names a template reads, sets and calls, gathered while it is parsed. */
final class References {
    private final Set<String> read = new HashSet<>();
    private final Set<String> bound = new HashSet<>();
    private final Set<String> tested = new HashSet<>();
    private final Map<String, Integer> called = new LinkedHashMap<>();
    private final Deque<Set<String>> macros = new ArrayDeque<>();

    void read(String name) {
        read.add(name);
        for (Set<String> macro : macros) {
            macro.add(name);
        }
    }

    void bound(String name) {
        bound.add(name);
    }

    /** {@code name is defined}: the template knows that it may not be. */
    void tested(String name) {
        tested.add(name);
    }

    void called(String name, int line) {
        called.putIfAbsent(name, line);
    }

    void beginMacro() {
        macros.push(new HashSet<>());
    }

    /** Names read in the macro that ends here. */
    Set<String> endMacro() {
        return macros.pop();
    }

    boolean reads(String name) {
        return read.contains(name);
    }

    /**
     * @throws io.theseus.core.TheseusException {@code MODEL_UNSUPPORTED} for a call of a function that nothing can
     *     define
     */
    void checkCalls() {
        for (Map.Entry<String, Integer> call : called.entrySet()) {
            String name = call.getKey();
            boolean special = name.equals("caller") || name.equals("loop");
            if (!special && !bound.contains(name) && !tested.contains(name) && !Globals.NAMES.contains(name)) {
                throw TokenStream.unsupported("the function " + name + "()", call.getValue());
            }
        }
    }
}
