package io.theseus.concept;

/** What a sentence asks for. */
public enum QuestionKind {
    /** How to do something. */
    METHOD("how to do it"),
    /** How something happens or is. */
    HOW("how it is or happens"),
    /** To what degree. */
    DEGREE("to what degree"),
    /** Which thing, or a plain "what". */
    WHAT("what or which"),
    /** A selection of the best. */
    BEST("for the best"),
    /** A selection, unranked. */
    RECOMMEND("for suggestions"),
    /** What a term means. */
    DEFINITION("what it means"),
    /** How two things differ. */
    DIFFERENCE("for the difference"),
    /** Who. */
    WHO("who"),
    /** Whose. */
    WHOSE("whose"),
    /** Where. */
    WHERE("where"),
    /** When. */
    WHEN("when"),
    /** Why. */
    WHY("why"),
    /** A count or an amount. */
    HOW_MANY("how many or how much"),
    /** A duration. */
    HOW_LONG("how long"),
    /** A frequency. */
    HOW_OFTEN("how often"),
    /** Yes or no. */
    YES_NO("yes or no"),
    /** What the answerer thinks of it. */
    OPINION("for an opinion"),
    /** What it is like. */
    EXPERIENCE("what it is like"),
    /** A text to be written. */
    WRITE("for a text"),
    /** A text in other words or another language. */
    TRANSLATE("for a translation"),
    /** A text made shorter. */
    SUMMARISE("for a summary"),
    /** Nothing recognised: a statement, keywords, a fragment. */
    STATEMENT("nothing in so many words");

    private final String asked;

    QuestionKind(String asked) {
        this.asked = asked;
    }

    /** What is asked, in words that follow "asks". */
    String asked() {
        return asked;
    }
}
