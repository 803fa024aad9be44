package io.theseus.concept;

/**
 * One idea of a text.
 *
 * @param idea its name: synonyms and inflected forms share it
 * @param kind what sort of thing it is
 * @param shown the words of the text
 * @param role how it is tied to the rest: the role of the preposition before it ({@code from}, {@code at}), {@code of} for a
 *     possessor, empty for none
 * @param tie the word that announces the role as the text has it ({@code inside}), empty for none
 * @param negated whether the text denies it
 * @param weight how much depends on it, 0 to 1
 * @param known whether the lexicon has the word
 * @param sentence the sentence it is in, from 0
 */
public record Node(
        String idea,
        Kind kind,
        String shown,
        String role,
        String tie,
        boolean negated,
        double weight,
        boolean known,
        int sentence) {
    /** Sorts of ideas. */
    public enum Kind {
        /** A word with content. */
        IDEA,
        /** A name: capitalised, or with digits. */
        ENTITY,
        /** A number, with its unit. */
        QUANTITY,
        /** Code, an address or a sign, compared as it is. */
        LITERAL,
        /** What is asked for: who, what, which. */
        ASKED
    }

    /** The words with what ties them: {@code in China}. */
    String phrase() {
        return tie.isEmpty() ? shown : tie + " " + shown;
    }

    /** @throws IllegalArgumentException if the weight is outside [0, 1] */
    public Node {
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight of " + idea + " is " + weight + ", must be in [0, 1]");
        }
    }
}
