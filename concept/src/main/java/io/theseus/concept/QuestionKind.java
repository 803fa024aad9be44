package io.theseus.concept;

/** What a sentence asks for. */
public enum QuestionKind {
    /** How to do something. */
    METHOD,
    /** How something happens or is. */
    HOW,
    /** To what degree. */
    DEGREE,
    /** Which thing, or a plain "what". */
    WHAT,
    /** A selection of the best. */
    BEST,
    /** A selection, unranked. */
    RECOMMEND,
    /** What a term means. */
    DEFINITION,
    /** How two things differ. */
    DIFFERENCE,
    /** Who. */
    WHO,
    /** Whose. */
    WHOSE,
    /** Where. */
    WHERE,
    /** When. */
    WHEN,
    /** Why. */
    WHY,
    /** A count or an amount. */
    HOW_MANY,
    /** A duration. */
    HOW_LONG,
    /** A frequency. */
    HOW_OFTEN,
    /** Yes or no. */
    YES_NO,
    /** What the answerer thinks of it. */
    OPINION,
    /** What it is like. */
    EXPERIENCE,
    /** A text to be written. */
    WRITE,
    /** A text in other words or another language. */
    TRANSLATE,
    /** A text made shorter. */
    SUMMARISE,
    /** Nothing recognised: a statement, keywords, a fragment. */
    STATEMENT
}
