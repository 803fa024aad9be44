package io.theseus.concept;

import io.theseus.concept.lexicon.Lexicon;
import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

    /** Words on which a yes or no may turn. */
    private static final Set<String> DEGREES =
            Set.of("most", "many", "few", "always", "often", "sometimes", "usually", "too", "still", "already", "yet");

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

    /** A trait: the text points at something beside it. */
    static final String POINTS = "points:beside";

    /** Names that would be small words in small letters. */
    private static final Set<String> ACRONYMS =
            Set.of("IT", "US", "WHO", "AM", "OR", "IN", "ME", "MS", "HE", "BE", "AN");

    private static final Set<String> POINTERS = Set.of("this", "these", "following", "attached");

    /** How far a pointer may stand before what it points at. */
    private static final int MAX_POINTED = 3;

    /** How far into a sentence its question is looked for, in tokens. */
    private static final int MAX_OPENING = 24;

    private final Lexicon lexicon;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<QuestionKind> questions = EnumSet.noneOf(QuestionKind.class);
    private final TreeSet<String> traits = new TreeSet<>();
    private int sentences;

    // The place in the sentence being read.
    private boolean negated;
    private boolean shouting;
    private boolean yesNo;
    private Set<String> operands = Set.of();
    private String role = "";
    private String tie = "";

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
        int start = 0;
        Lexicon.Question question = lexicon.question(sentence);
        // "In Washington, what is ...": the question may stand behind an opening clause.
        for (int i = 1; question.kind().isEmpty() && i + 1 < sentence.size() && i < MAX_OPENING; i++) {
            if (sentence.get(i - 1).kind() == Token.Kind.PAUSE) {
                Lexicon.Question later = lexicon.question(sentence.subList(i, sentence.size()));
                if (!later.kind().isEmpty()) {
                    question = later;
                    start = i;
                }
            }
        }
        List<Token> frame = sentence.subList(start, start + question.consumed());
        List<Token> tokens = new ArrayList<>(sentence.subList(0, start));
        tokens.addAll(question.read());
        tokens.addAll(sentence.subList(start + question.consumed(), sentence.size()));
        frame.forEach(this::colour);
        if (question.kind().equals(QuestionKind.METHOD.name()) && frame.stream().anyMatch(t -> t.is("did"))) {
            traits.add("method:past");
        }
        role = "";
        tie = "";
        yesNo = question.kind().equals(QuestionKind.YES_NO.name());
        shouting = isShouting(sentence);
        int before = nodes.size();
        negated = frame.stream().anyMatch(token -> NEGATIONS.contains(token.text()));
        if (negated) {
            traits.add("negation:question");
        }
        point(sentence);
        List<Token> active = Passives.toActive(tokens, lexicon);
        operands = operands(active);
        for (int i = 0; i < active.size(); i++) {
            read(active, i);
        }
        roleOfAsked(frame, tokens, question.kind());
        List<Token> spoken = new ArrayList<>(sentence.subList(0, start));
        spoken.addAll(sentence.subList(start + question.opener(), sentence.size()));
        Persons.read(question.kind(), spoken, tokens, lexicon, traits);
        QuestionKind kind = question.kind().isEmpty() ? QuestionKind.STATEMENT : QuestionKind.valueOf(question.kind());
        kind = byContent(kind, before);
        if (nodes.size() > before || question.consumed() > 0) {
            questions.add(kind);
            sentences++;
        }
    }

    /** "This photo" and "the following program" mean something that is not in the text, unless it comes after them. */
    private void point(List<Token> sentence) {
        traits.remove(POINTS);
        for (int i = 0; i < sentence.size(); i++) {
            if (POINTERS.contains(sentence.get(i).text())) {
                for (int j = i + 1; j < sentence.size() && j <= i + MAX_POINTED; j++) {
                    boolean word = sentence.get(j).kind() == Token.Kind.WORD;
                    if (word && lexicon.isShown(lexicon.idea(sentence.get(j).text()))) {
                        traits.add(POINTS);
                    }
                }
            }
        }
    }

    private static boolean isShouting(List<Token> sentence) {
        long words = sentence.stream().filter(t -> t.shown().length() > 1).count();
        long capitals = sentence.stream()
                .filter(t ->
                        t.shown().length() > 1 && t.shown().equals(t.shown().toUpperCase(Locale.ROOT)))
                .count();
        return capitals * 2 > words;
    }

    /** Who did it, or to whom was it done: "who killed him" and "who did he kill" share every word. */
    private void roleOfAsked(List<Token> frame, List<Token> tokens, String kind) {
        if (!kind.equals("WHO")) {
            return;
        }
        boolean passive = false;
        for (int i = 1; i < tokens.size(); i++) {
            passive |= tokens.get(i).is("by")
                    && lexicon.isParticiple(tokens.get(i - 1).text());
        }
        boolean dangling = !tokens.isEmpty() && tokens.getLast().is("by");
        boolean helped = frame.stream().anyMatch(token -> token.is("do") || token.is("does") || token.is("did"));
        if (helped || passive && !dangling) {
            traits.add("asked:patient");
        }
        if (!tokens.isEmpty() && tokens.getLast().is("of")) {
            traits.add("asked:whose");
        }
        if (!tokens.isEmpty() && tokens.getLast().is("for")) {
            traits.add("asked:for");
        }
    }

    /** "How do A and B differ" asks for a difference, "what can cause it" for a reason, whatever their first word. */
    private QuestionKind byContent(QuestionKind kind, int from) {
        if (kind != QuestionKind.WHAT && kind != QuestionKind.HOW && kind != QuestionKind.METHOD) {
            return kind;
        }
        for (int i = from; i < nodes.size(); i++) {
            QuestionKind asked = switch (nodes.get(i).idea()) {
                case "difference" -> QuestionKind.DIFFERENCE;
                case "define" -> kind == QuestionKind.WHAT ? QuestionKind.DEFINITION : kind;
                case "reason" -> kind == QuestionKind.WHAT ? QuestionKind.WHY : kind;
                default -> kind;
            };
            if (asked != kind && !nodes.get(i).negated()) {
                nodes.remove(i);
                return asked;
            }
        }
        return kind;
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
                    tie = "";
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
            boolean bare = at > 0
                    && tokens.get(at - 1).kind() == Token.Kind.WORD
                    && !lexicon.isFunction(tokens.get(at - 1).text());
            if (word.equals("not")) {
                traits.add(at == 0 ? "negation:question" : bare ? "negation:clause" : "negation:part");
            }
            return;
        }
        String announced = lexicon.role(word);
        if (!announced.isEmpty()) {
            role = announced;
            tie = word;
            return;
        }
        boolean numbered = word.equals("one")
                && token.name()
                && at > 0
                && tokens.get(at - 1).name();
        if (lexicon.isFunction(word) && !isName(token) && !numbered) {
            // "Before you turn 40" is a clause; "for you" is not.
            if (Persons.isPerson(word) && (tie.equals("for") || tie.equals("to"))) {
                role = "";
                tie = "";
            }
            return;
        }
        // "The different kinds" are several; "how are they different" asks for a difference.
        if (word.equals("different") && describes(tokens, at)) {
            add(token, "various", Node.Kind.IDEA, lexicon.weight("various"), true);
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
        if (lexicon.isPast(word)) {
            traits.add("tense:past");
        }
        boolean known = lexicon.knows(word);
        boolean digits = word.chars().anyMatch(Character::isDigit);
        boolean name = digits || token.name() && !known;
        // "As a list" and "as JSON" name the form of the answer.
        double weight = QUANTIFIERS.contains(word) || yesNo && DEGREES.contains(word) || role.equals("as")
                ? 1
                : lexicon.weight(word);
        add(token, idea, name ? Node.Kind.ENTITY : Node.Kind.IDEA, weight, known);
    }

    private boolean describes(List<Token> tokens, int at) {
        if (at + 1 >= tokens.size() || tokens.get(at + 1).kind() != Token.Kind.WORD) {
            return false;
        }
        String next = tokens.get(at + 1).text();
        return !lexicon.isFunction(next) && lexicon.role(next).isEmpty() && !NEGATIONS.contains(next);
    }

    /** The A of "vitamin A" and of "A + B", and IT the trade, not the words that are spelled alike. */
    private boolean isName(Token token) {
        String shown = token.shown();
        if (shown.length() == 1) {
            return operands.contains(token.text())
                    || token.name() && Character.isUpperCase(shown.charAt(0)) && !shown.equals("I");
        }
        return token.name() && !shouting && ACRONYMS.contains(shown);
    }

    /** The single letters that stand beside an operator somewhere in the sentence. */
    private static Set<String> operands(List<Token> tokens) {
        Set<String> letters = new HashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            boolean operated =
                    i > 0 && isOperator(tokens.get(i - 1)) || i + 1 < tokens.size() && isOperator(tokens.get(i + 1));
            if (operated && tokens.get(i).shown().length() == 1) {
                letters.add(tokens.get(i).text());
            }
        }
        return letters;
    }

    private static boolean isOperator(Token token) {
        return token.kind() == Token.Kind.SYMBOL && "+-*/=<>^%".contains(token.text());
    }

    /** VCs are several VC. */
    private static boolean isPluralAcronym(String shown) {
        int n = shown.length() - 1;
        return n >= 2
                && n <= 4
                && shown.charAt(n) == 's'
                && shown.chars().limit(n).allMatch(Character::isUpperCase);
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
        nodes.add(new Node(idea, kind, token.shown(), role, tie, negated, weight, known, sentences));
        if (weight >= 0.5) {
            role = "";
            tie = "";
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
