package io.theseus.concept;

import io.theseus.concept.lexicon.Languages;
import io.theseus.concept.lexicon.Lexicon;

/** The concept graph as others use it: read a text, compare two graphs. Safe for any number of threads. */
public final class Concepts {
    private final ConceptReader reader;
    private final Comparison comparison;

    /** Reads the lexicon; takes tens of milliseconds, so make one and share it. */
    public Concepts() {
        Lexicon english = new Lexicon("en");
        reader = new ConceptReader(english, new Languages());
        comparison = new Comparison(english);
    }

    /** The graph of {@code text}. */
    public ConceptGraph read(String text) {
        return reader.read(text);
    }

    /** How {@code a} and {@code b} differ. Symmetric. */
    public Agreement compare(ConceptGraph a, ConceptGraph b) {
        return comparison.compare(a, b);
    }
}
