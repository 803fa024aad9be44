package io.theseus.concept;

/**
 * One way in which two texts differ.
 *
 * @param kind what sort of difference
 * @param text a sentence for people
 * @param cost how much it speaks against the same meaning: 0.1 a shade, 1 a content word; {@link #DECISIVE} whatever else
 *     agrees
 */
public record Difference(Kind kind, String text, double cost) {
    /** The cost of a difference that no similarity outweighs. */
    public static final double DECISIVE = 100;

    /** Sorts of differences. */
    public enum Kind {
        /** Another language. */
        LANGUAGE,
        /** Another sort of question. */
        QUESTION,
        /** A name in one of them only. */
        ENTITY,
        /** A number, an amount or a date. */
        NUMBER,
        /** Denied in one of them. */
        NEGATION,
        /** Opposites. */
        OPPOSITE,
        /** The same ideas in exchanged roles. */
        ROLE,
        /** All, only, most, none. */
        QUANTIFIER,
        /** Past, present or future. */
        TENSE,
        /** Can, should, must. */
        MODALITY,
        /** The form or language of the answer. */
        FORM,
        /** Whose: mine, yours, theirs. */
        PERSON,
        /** An idea in one of them only. */
        IDEA,
        /** A word with a small meaning in one of them only. */
        SHADE,
        /** Words that look like one word spelled in two ways. */
        SPELLING,
        /** Code, addresses, signs. */
        LITERAL
    }

    static Difference decisive(Kind kind, String text) {
        return new Difference(kind, text, DECISIVE);
    }

    boolean isDecisive() {
        return cost >= DECISIVE;
    }
}
