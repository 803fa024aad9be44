package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import io.theseus.concept.lexicon.Lexicon;
import io.theseus.concept.text.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who a text speaks of. "Why am I cold" and "why are you cold" ask about two people, where "how do I" and "how do you" ask about
 * anyone; and who does something for you is not for whom you do it.
 */
final class Persons {
    /** Family of traits: the person that the question is about, {@code subject:verb:person}. */
    static final String SUBJECT = "subject";

    /** Family of traits: what a person does in the text, {@code part:person:subject} or {@code part:person:object}. */
    static final String PART = "part";

    /** Verbs after which "I" and "you" are people; after can and should they are anyone. */
    private static final Map<String, String> VERBS = Map.of(
            "am", "be", "are", "be", "was", "be", "were", "be", "have", "have", "had", "have", "did", "did", "will",
            "will", "would", "would", "do", "do");

    private static final Map<String, String> SUBJECTS =
            Map.of("i", "i", "we", "we", "you", "you", "u", "you", "he", "he", "she", "she", "they", "they");

    private static final Map<String, String> OBJECTS = Map.of("me", "i", "us", "we", "him", "he", "them", "they");

    /** Questions in which "do I" and "do you" mean anyone. */
    private static final Set<String> OF_ANYONE =
            Set.of("WHERE", "WHEN", "HOW_MANY", "HOW_OFTEN", "HOW_LONG", "DEFINITION", "HOW");

    /** After "do", things that happen to anyone. */
    private static final Set<String> HAPPENS =
            Set.of("need", "have", "get", "know", "call", "pay", "say", "use", "see");

    /** Questions whose own words name anyone. */
    private static final Set<String> UNREAD = Set.of("METHOD", "RECOMMEND", "OPINION");

    private static final Set<String> JOINTS =
            Set.of("and", "or", "but", "if", "when", "while", "because", "so", "as", "than", "not", "that", "who");

    private static final Set<String> TIES = Set.of("to", "for", "with", "from", "about", "on", "at", "in", "like");

    private Persons() {}

    /**
     * Adds the traits of one sentence.
     *
     * @param kind its question's
     * @param spoken all but what asks nothing itself
     * @param tokens what is left of it without the question's pattern
     */
    static void read(String kind, List<Token> spoken, List<Token> tokens, Lexicon lexicon, Set<String> traits) {
        if (!kind.equals("METHOD")) {
            subject(kind, spoken, traits);
        }
        List<Token> read = UNREAD.contains(kind) ? tokens : spoken;
        for (int i = 1; i < read.size(); i++) {
            // A passive turns the parts round.
            if (read.get(i).is("by") && lexicon.isParticiple(read.get(i - 1).text())) {
                return;
            }
        }
        for (int i = 0; i < read.size(); i++) {
            part(read, i, lexicon, traits);
        }
    }

    /** The first person that stands behind a verb, as only a question puts it. */
    private static void subject(String kind, List<Token> spoken, Set<String> traits) {
        for (int i = 0; i + 1 < spoken.size(); i++) {
            String verb = VERBS.get(spoken.get(i).text());
            int at = spoken.get(i + 1).is("not") && i + 2 < spoken.size() ? i + 2 : i + 1;
            String person = SUBJECTS.get(spoken.get(at).text());
            if (verb == null || person == null || spoken.get(at).kind() != Token.Kind.WORD) {
                continue;
            }
            boolean happens = at + 1 < spoken.size()
                    && HAPPENS.contains(spoken.get(at + 1).text());
            boolean anyone = verb.equals("do") && (person.equals("we") || happens || OF_ANYONE.contains(kind));
            if (!anyone) {
                traits.add(SUBJECT + ":" + verb + ":" + person);
            }
            return;
        }
    }

    /** Whether a preposition before {@code word} ties it, and not what comes next: "for me". */
    static boolean isPerson(String word) {
        return SUBJECTS.containsKey(word) || OBJECTS.containsKey(word);
    }

    private static void part(List<Token> tokens, int at, Lexicon lexicon, Set<String> traits) {
        if (tokens.get(at).kind() != Token.Kind.WORD) {
            return;
        }
        String word = tokens.get(at).text();
        String before = at > 0 ? tokens.get(at - 1).text() : "";
        // Who is told to do something is the object of one verb and the subject of the next; "of you" may be either,
        // too.
        boolean both = at + 1 < tokens.size() && tokens.get(at + 1).is("to");
        if (both || before.equals("of")) {
            return;
        }
        String acted = OBJECTS.get(word);
        if (acted != null) {
            traits.add(PART + ":" + acted + ":object");
            return;
        }
        String person = SUBJECTS.get(word);
        if (person == null) {
            return;
        }
        boolean governed =
                TIES.contains(before) || !lexicon.role(before).isEmpty() || at > 0 && !lexicon.isFunction(before);
        boolean object = person.equals("you") && governed && isEnd(tokens, at + 1, lexicon);
        traits.add(PART + ":" + person + (object ? ":object" : ":subject"));
    }

    /** Whether no verb can stand at {@code at}. */
    private static boolean isEnd(List<Token> tokens, int at, Lexicon lexicon) {
        if (at >= tokens.size()) {
            return true;
        }
        if (tokens.get(at).kind() != Token.Kind.WORD) {
            return !tokens.get(at).text().equals("'"); // "you' ve"
        }
        String word = tokens.get(at).text();
        return JOINTS.contains(word) || !lexicon.role(word).isEmpty();
    }

    static void compare(ConceptGraph a, ConceptGraph b, List<Difference> found) {
        for (String verb : new TreeSet<>(VERBS.values())) {
            Set<String> left = of(a, SUBJECT + ":" + verb + ":");
            Set<String> right = of(b, SUBJECT + ":" + verb + ":");
            if (!left.isEmpty() && !right.isEmpty() && !left.equals(right)) {
                found.add(Difference.decisive(
                        Kind.PERSON,
                        "one asks about \"" + String.join(" and ", left) + "\", the other about \""
                                + String.join(" and ", right) + "\""));
            }
        }
        for (String person : new TreeSet<>(SUBJECTS.values())) {
            Set<String> left = of(a, PART + ":" + person + ":");
            Set<String> right = of(b, PART + ":" + person + ":");
            if (left.size() == 1 && right.size() == 1 && !left.equals(right)) {
                found.add(Difference.decisive(
                        Kind.ROLE,
                        "\"" + person + "\" is the " + left.iterator().next() + " in one, the "
                                + right.iterator().next() + " in the other"));
            }
        }
    }

    private static Set<String> of(ConceptGraph graph, String family) {
        Set<String> values = new TreeSet<>();
        for (String trait : graph.traits().tailSet(family)) {
            if (!trait.startsWith(family)) {
                break;
            }
            values.add(trait.substring(family.length()));
        }
        return values;
    }
}
