package io.theseus.concept;

/**
 * Two ideas and what ties them: {@code [capital] -> [of] -> [france]}.
 *
 * @param from the first idea
 * @param link a preposition's role, or the idea between them
 * @param to the second idea
 */
public record Relation(String from, String link, String to) implements Comparable<Relation> {
    @Override
    public int compareTo(Relation other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return "[" + from + "] -> [" + link + "] -> [" + to + "]";
    }
}
