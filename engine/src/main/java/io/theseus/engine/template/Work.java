package io.theseus.engine.template;

/**
 * What one rendering may cost. A model file is a stranger's program: it must not be able to hang a node or eat its
 * memory, so every evaluated node, copied character and nesting level is counted. Not safe for use by many threads.
 */
final class Work {
    /** Evaluation steps; copying 8 characters costs one. A long conversation needs some ten thousand. */
    static final long MAX_STEPS = 30_000_000;
    /** Longest string, in UTF-16 units. */
    static final int MAX_TEXT = 1 << 25;
    /** Deepest nesting of expressions, macro calls and values; a thread's stack of 1 MiB holds it. */
    static final int MAX_DEPTH = 500;

    private long steps;
    private int depth;
    private int line;

    /** Counts {@code units} steps. */
    void spend(long units) {
        steps += units;
        if (steps > MAX_STEPS) {
            throw TemplateFault.limit("the template runs for more than " + MAX_STEPS + " steps");
        }
    }

    /** Counts the making of a text of {@code length} units. */
    void text(long length) {
        if (length > MAX_TEXT) {
            throw TemplateFault.limit("a text grows beyond " + MAX_TEXT + " characters");
        }
        spend(1 + (length >> 3));
    }

    /** Counts the making of a list of {@code length} elements. */
    void elements(long length) {
        spend(1 + length);
    }

    /** Counts a search for {@code needle} units in {@code hay} units, which the JDK does in their product at worst. */
    void search(long hay, long needle) {
        spend(1 + (hay >> 3) + hay * Math.min(needle, hay) / 128);
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw TemplateFault.limit("the template nests deeper than " + MAX_DEPTH + " levels");
        }
        spend(1);
    }

    void leave() {
        depth--;
    }

    void at(int newLine) {
        line = newLine;
    }

    int line() {
        return line;
    }
}
