package io.theseus.engine.template;

/**
 * A failure inside a template, under the name Python gives it. Never leaves this package: {@link ChatTemplate} turns
 * it into a {@link io.theseus.core.TheseusException} that says where it happened.
 */
final class TemplateFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as the Python class a template author would look up. */
    enum Kind {
        /** The template called {@code raise_exception}. */
        RAISED("TemplateError"),
        TYPE("TypeError"),
        VALUE("ValueError"),
        UNDEFINED("UndefinedError"),
        ZERO_DIVISION("ZeroDivisionError"),
        OVERFLOW("OverflowError"),
        SECURITY("SecurityError"),
        INDEX("IndexError"),
        KEY("KeyError"),
        ARGUMENT("FilterArgumentError"),
        RUNTIME("TemplateRuntimeError"),
        /** A bound of this evaluator. */
        LIMIT("limit");

        final String pythonName;

        Kind(String pythonName) {
            this.pythonName = pythonName;
        }
    }

    private final Kind kind;
    private final String words;

    TemplateFault(Kind kind, String words) {
        super(words, null, false, false);
        this.kind = kind;
        this.words = words;
    }

    static TemplateFault type(String words) {
        return new TemplateFault(Kind.TYPE, words);
    }

    static TemplateFault value(String words) {
        return new TemplateFault(Kind.VALUE, words);
    }

    static TemplateFault limit(String words) {
        return new TemplateFault(Kind.LIMIT, words);
    }

    Kind kind() {
        return kind;
    }

    String words() {
        return words;
    }
}
