package io.theseus.engine.template;

import java.util.function.Supplier;

/** A value that is not there: prints as nothing and counts as false, but cannot be looked into or computed with. */
final class Undefined {
    private final TemplateFault.Kind kind;
    private final Supplier<String> words;

    private Undefined(TemplateFault.Kind kind, Supplier<String> words) {
        this.kind = kind;
        this.words = words;
    }

    static Undefined variable(String name) {
        return new Undefined(TemplateFault.Kind.UNDEFINED, () -> "'" + name + "' is undefined");
    }

    static Undefined because(String words) {
        return new Undefined(TemplateFault.Kind.UNDEFINED, () -> words);
    }

    /** The absence of {@code key} in {@code owner}. */
    static Undefined member(Object owner, Object key) {
        return new Undefined(TemplateFault.Kind.UNDEFINED, () -> {
            String kind = owner == None.NONE ? "None" : Values.typeName(owner) + " object";
            return Values.isText(key)
                    ? "'" + kind + "' has no attribute " + PythonText.quote(Values.textOf(key))
                    : kind + " has no element " + PythonText.repr(key, new Work());
        });
    }

    /** An attribute that Jinja's sandbox hides, such as a list's {@code append}. */
    static Undefined unsafe(Object owner, String name) {
        return new Undefined(
                TemplateFault.Kind.SECURITY,
                () -> "access to attribute '" + name + "' of '" + Values.typeName(owner) + "' object is unsafe.");
    }

    TemplateFault fault() {
        return new TemplateFault(kind, words.get());
    }
}
