package io.theseus.concept.text;

/**
 * One token.
 *
 * @param kind what it is
 * @param text its normal form: lower case for words, as written for literals
 * @param shown as it stands in the text
 * @param name whether it is capitalised where a sentence does not ask for it
 * @param start where it starts in the text, in UTF-16 units
 */
public record Token(Kind kind, String text, String shown, boolean name, int start) {
    /** Kinds of tokens. */
    public enum Kind {
        /** Letters, with digits, inner dots, hyphens or signs where they belong to a name ({@code c++}, {@code node.js}). */
        WORD,
        /** Digits, group separators removed. */
        NUMBER,
        /** A number with its unit, in base units: {@code 5000 m}. */
        QUANTITY,
        /** A sign that carries meaning: an operator, a currency, an emoji. */
        SYMBOL,
        /** Code, an address or a formula: compared character by character. */
        LITERAL,
        /** The {@code 's} of a possessor. */
        POSSESSIVE,
        /** A comma, colon, dash, bracket or quotation mark. */
        PAUSE,
        /** The end of a sentence. */
        STOP
    }

    /** A word in lower case. */
    public static Token word(String text) {
        return new Token(Kind.WORD, text, text, false, 0);
    }

    /** This token with another kind and text. */
    public Token as(Kind newKind, String newText) {
        return new Token(newKind, newText, shown, name, start);
    }

    /** Whether this is the word {@code other}. */
    public boolean is(String other) {
        return kind == Kind.WORD && text.equals(other);
    }
}
