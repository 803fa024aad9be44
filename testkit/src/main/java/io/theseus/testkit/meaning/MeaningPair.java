package io.theseus.testkit.meaning;

/**
 * Two prompts and whether the answer to one serves the other.
 *
 * @param same whether they ask the same
 * @param kind what was changed between them: {@code wording}, {@code roles}, {@code number}
 * @param origin the template it was made from, or the text itself if written by hand
 * @param half which half it belongs to: rules are developed on one, figures reported on the other
 */
public record MeaningPair(String a, String b, boolean same, String kind, String origin, Half half) {
    /** Halves of a set. No template has pairs in both. */
    public enum Half {
        /** For looking at while writing rules. */
        DEVELOP,
        /** For reports alone. */
        REPORT
    }
}
