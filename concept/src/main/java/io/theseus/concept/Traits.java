package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares what colours two texts as wholes: tense, modality, person, the wanted form. */
final class Traits {
    private static final String PAST = "tense:past";
    private static final String FUTURE = "tense:future";

    private static final Map<String, String> PERSONS = Map.of(
            "i", "\"my\" or \"our\"",
            "you", "\"your\"",
            "he", "\"him\" or \"his\"",
            "she", "\"her\"",
            "they", "\"them\" or \"their\"");

    private Traits() {}

    static void compare(ConceptGraph a, ConceptGraph b, List<Difference> found) {
        Set<String> left = only(a, b);
        Set<String> right = only(b, a);
        boolean method =
                a.questions().contains(QuestionKind.METHOD) && b.questions().contains(QuestionKind.METHOD);
        boolean opinion =
                a.questions().contains(QuestionKind.OPINION) && b.questions().contains(QuestionKind.OPINION);
        boolean yesNo =
                a.questions().contains(QuestionKind.YES_NO) && b.questions().contains(QuestionKind.YES_NO);
        if (isPastAgainstFuture(a, b) || isPastAgainstFuture(b, a)) {
            found.add(Difference.decisive(Kind.TENSE, "one is about the past, the other about the future"));
        }
        // "Can I" and "should I" are other questions; "how can I" and "how should I" are one.
        Set<String> here = modals(left);
        Set<String> there = modals(right);
        if (yesNo && !here.isEmpty() && !there.isEmpty()) {
            found.add(Difference.decisive(
                    Kind.MODALITY, "one asks whether it " + here + ", the other whether it " + there));
        }
        boolean points =
                a.traits().contains(SentenceReader.POINTS) && b.traits().contains(SentenceReader.POINTS);
        if (points && !a.equals(b)) {
            found.add(Difference.decisive(
                    Kind.LITERAL, "they point at something beside the text, which need not be the same"));
        }
        Set<String> both = new TreeSet<>(left);
        both.addAll(right);
        for (String trait : both) {
            String value = trait.substring(trait.indexOf(':') + 1);
            switch (trait.substring(0, trait.indexOf(':'))) {
                case "tense" -> found.add(new Difference(Kind.TENSE, "only one is about the " + value, 0.1));
                case "modality" -> {
                    if (counts(a, b) && trait.equals("modality:should")) {
                        found.add(new Difference(Kind.MODALITY, "only one asks what should be", 0.75));
                    } else if (!method) {
                        found.add(new Difference(Kind.MODALITY, "only one says \"" + value + "\"", 0.1));
                    }
                }
                case "person" -> {
                    boolean against = !method && has(left, "person:") && has(right, "person:");
                    found.add(new Difference(
                            Kind.PERSON,
                            "only one speaks of " + PERSONS.getOrDefault(value, value),
                            against ? (yesNo || opinion ? 0.5 : 0.2) : opinion ? 1 : 0.05));
                }
                case "negation", Persons.SUBJECT, Persons.PART -> {}
                case "points" ->
                    found.add(new Difference(Kind.LITERAL, "only one points at something beside the text", 0.75));
                case "method" ->
                    found.add(Difference.decisive(Kind.TENSE, "one asks how it was done, the other how to do it"));
                case "asked" ->
                    found.add(Difference.decisive(
                            Kind.ROLE,
                            switch (value) {
                                case "whose" -> "only one asks of whom";
                                case "for" -> "only one asks for whom";
                                default -> "one asks who does it, the other to whom it is done";
                            }));
                default -> found.add(Difference.decisive(Kind.FORM, "only one asks for " + value));
            }
        }
    }

    /** How often one does it is not how often one should. */
    private static boolean counts(ConceptGraph a, ConceptGraph b) {
        return a.questions().equals(b.questions())
                && (a.questions().contains(QuestionKind.HOW_MANY)
                        || a.questions().contains(QuestionKind.HOW_OFTEN)
                        || a.questions().contains(QuestionKind.HOW_LONG));
    }

    private static boolean isPastAgainstFuture(ConceptGraph a, ConceptGraph b) {
        return a.traits().contains(PAST)
                && !a.traits().contains(FUTURE)
                && b.traits().contains(FUTURE)
                && !b.traits().contains(PAST);
    }

    private static Set<String> only(ConceptGraph here, ConceptGraph there) {
        Set<String> only = new HashSet<>(here.traits());
        only.removeAll(there.traits());
        return only;
    }

    /** The modal verbs among the traits; "would" is politeness. */
    private static Set<String> modals(Set<String> traits) {
        Set<String> modals = new TreeSet<>();
        for (String trait : traits) {
            if (trait.equals(FUTURE)) {
                modals.add("will");
            } else if (trait.startsWith("modality:") && !trait.endsWith("would")) {
                modals.add(trait.substring("modality:".length()));
            }
        }
        return modals;
    }

    private static boolean has(Set<String> traits, String family) {
        return traits.stream().anyMatch(trait -> trait.startsWith(family));
    }
}
