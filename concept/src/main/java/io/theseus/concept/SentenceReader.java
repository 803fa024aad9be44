package io.theseus.concept;

import io.theseus.concept.lexicon.Lexicon;
import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Collects the ideas of an English text, sentence after sentence. Not for several threads at once. */
final class SentenceReader {
    private static final Set<String> NEGATIONS = Set.of(
            "not", "no", "never", "nor", "neither", "none", "nobody", "without", "non", "nothing", "hardly", "minus");

    /** Words that say how much of something is meant: never a shade. */
    private static final Set<String> QUANTIFIERS =
            Set.of("all", "every", "each", "only", "both", "half", "entire", "whole");

    private static final Map<String, String> MODALS = Map.ofEntries(
            Map.entry("will", "tense:future"),
            Map.entry("shall", "tense:future"),
            Map.entry("did", "tense:past"),
            Map.entry("was", "tense:past"),
            Map.entry("were", "tense:past"),
            Map.entry("had", "tense:past"),
            Map.entry("can", "modality:can"),
            Map.entry("could", "modality:can"),
            Map.entry("may", "modality:can"),
            Map.entry("might", "modality:can"),
            Map.entry("should", "modality:should"),
            Map.entry("must", "modality:must"),
            Map.entry("would", "modality:would"));

    private static final Map<String, String> OWNERS = Map.ofEntries(
            Map.entry("my", "i"),
            Map.entry("our", "i"),
            Map.entry("mine", "i"),
            Map.entry("your", "you"),
            Map.entry("yours", "you"),
            Map.entry("his", "he"),
            Map.entry("he", "he"),
            Map.entry("him", "he"),
            Map.entry("her", "she"),
            Map.entry("she", "she"),
            Map.entry("hers", "she"),
            Map.entry("their", "they"),
            Map.entry("they", "they"),
            Map.entry("them", "they"));

    private final Lexicon lexicon;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<QuestionKind> questions = EnumSet.noneOf(QuestionKind.class);
    private final TreeSet<String> traits = new TreeSet<>();
    private int sentences;

    // The place in the sentence being read.
    private boolean negated;
    private String role = "";

    SentenceReader(Lexicon lexicon) {
        this.lexicon = lexicon;
    }

    List<Node> nodes() {
        return nodes;
    }

    Set<QuestionKind> questions() {
        return questions;
    }

    TreeSet<String> traits() {
        return traits;
    }

    void read(List<Token> sentence) {
        Lexicon.Question question = lexicon.question(sentence);
        List<Token> tokens = new ArrayList<>();
        question.read().forEach(word -> tokens.add(Token.word(word)));
        tokens.addAll(sentence.subList(question.consumed(), sentence.size()));
        for (Token token : sentence.subList(0, question.consumed())) {
            colour(token);
        }
        negated = false;
        role = "";
        int before = nodes.size();
        boolean negatedFrame =
                sentence.subList(0, question.consumed()).stream().anyMatch(t -> NEGATIONS.contains(t.text()));
        negated = negatedFrame;
        List<Token> active = Passives.toActive(tokens, lexicon);
        for (int i = 0; i < active.size(); i++) {
            read(active, i);
        }
        QuestionKind kind = question.kind().isEmpty() ? QuestionKind.STATEMENT : QuestionKind.valueOf(question.kind());
        if (nodes.size() > before || question.consumed() > 0) {
            questions.add(kind);
            sentences++;
        }
    }

    private void read(List<Token> tokens, int at) {
        Token token = tokens.get(at);
        switch (token.kind()) {
            case WORD -> word(tokens, at);
            case NUMBER, QUANTITY -> add(token, token.text(), Node.Kind.QUANTITY, 1, true);
            case LITERAL -> add(token, token.text(), Node.Kind.LITERAL, 1, true);
            case SYMBOL -> {
                if ("&@#|~_\\".indexOf(token.text().charAt(0)) < 0) {
                    add(token, token.text(), Node.Kind.LITERAL, 1, true);
                }
            }
            case POSSESSIVE -> possessor();
            case PAUSE -> {
                if (!token.text().equals("-")
                        && !token.text().equals("\"")
                        && !token.text().equals("'")) {
                    role = "";
                }
            }
            case STOP -> {}
        }
    }

    private void word(List<Token> tokens, int at) {
        Token token = tokens.get(at);
        String word = token.text();
        colour(token);
        if (word.equals("_why")) {
            questions.add(QuestionKind.WHY);
            return;
        }
        if (NEGATIONS.contains(word)) {
            negated = !negated;
            return;
        }
        String announced = lexicon.role(word);
        if (!announced.isEmpty()) {
            role = announced;
            return;
        }
        if (lexicon.isFunction(word)) {
            return;
        }
        String idea = lexicon.idea(isPluralAcronym(token.shown()) ? word.substring(0, word.length() - 1) : word);
        boolean positive = !lexicon.complement(idea).equals(idea);
        if (positive) {
            negated = !negated;
            idea = lexicon.complement(idea);
        }
        String base = withoutPrefix(word);
        if (!base.isEmpty()) {
            negated = !negated;
            idea = lexicon.idea(base);
        }
        boolean known = lexicon.knows(word);
        boolean digits = word.chars().anyMatch(Character::isDigit);
        boolean name = digits || token.name() && !known;
        double weight = QUANTIFIERS.contains(word) ? 1 : lexicon.weight(word);
        add(token, idea, name ? Node.Kind.ENTITY : Node.Kind.IDEA, weight, known);
    }

    /** VCs are several VC. */
    private static boolean isPluralAcronym(String shown) {
        int n = shown.length() - 1;
        return n >= 2 && shown.charAt(n) == 's' && shown.chars().limit(n).allMatch(Character::isUpperCase);
    }

    /** {@code healthy} of {@code unhealthy}; empty if there is no such prefix before a known word. */
    private String withoutPrefix(String word) {
        for (String prefix : List.of("un", "non", "dis", "im", "ir", "il", "in")) {
            if (word.startsWith(prefix) && word.length() - prefix.length() >= 4) {
                String base = word.substring(prefix.length());
                boolean negates = prefix.equals("un") || prefix.equals("non");
                if (negates && lexicon.knows(base) && !lexicon.knows(word)) {
                    return base;
                }
            }
        }
        return "";
    }

    private void add(Token token, String idea, Node.Kind kind, double weight, boolean known) {
        nodes.add(new Node(idea, kind, token.shown(), role, negated, weight, known, sentences));
        if (weight >= 0.5) {
            role = "";
            negated = false;
        }
    }

    /** France's capital is the capital of France. */
    private void possessor() {
        if (!nodes.isEmpty()) {
            Node last = nodes.removeLast();
            nodes.add(new Node(
                    last.idea(),
                    last.kind(),
                    last.shown(),
                    "of",
                    last.negated(),
                    last.weight(),
                    last.known(),
                    last.sentence()));
        }
    }

    private void colour(Token token) {
        String modal = MODALS.get(token.text());
        if (modal != null) {
            traits.add(modal);
        }
        String owner = OWNERS.get(token.text());
        if (owner != null) {
            traits.add("person:" + owner);
        }
    }
}
