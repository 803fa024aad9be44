package io.theseus.concept.lexicon;

import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A language's words: forms, synonyms, opposites, small words, question patterns, numbers and units. Immutable once read;
 * another language is another folder of the same files.
 */
public final class Lexicon {
    /**
     * A sentence's question.
     *
     * @param kind its name, empty if none
     * @param opener tokens before it that ask nothing themselves: "could you tell me"
     * @param consumed tokens it takes, the opener's among them
     * @param read what is read in their place
     */
    public record Question(String kind, int opener, int consumed, List<Token> read) {}

    private static final double PLAIN = 1.0;

    private final Phrases contractions;
    private final Phrases phrases;
    private final Frames frames;
    private final Quantities quantities;
    private final Lemmas lemmas;
    private final Set<String> function;
    private final Set<String> clitics;
    private final Map<String, Double> weak = new HashMap<>();
    private final Map<String, String> idea = new HashMap<>();
    private final Map<String, String> role = new HashMap<>();
    private final Set<String> conflicts = new HashSet<>();
    private final Map<String, Set<String>> opposites = new HashMap<>();
    private final Map<String, String> complements = new HashMap<>();
    private final Set<String> shown = new HashSet<>();
    private final Map<String, Set<String>> near = new HashMap<>();

    /** Reads the lexicon in folder {@code language} beside this class. */
    public Lexicon(String language) {
        List<List<String>> groups = Resource.lines(language + "/synonyms.txt").stream()
                .map(Resource::cut)
                .toList();
        Set<String> known = new HashSet<>();
        groups.forEach(known::addAll);
        contractions = new Phrases(Resource.lines(language + "/contractions.txt"));
        phrases = new Phrases(Resource.lines(language + "/phrases.txt"));
        frames = new Frames(Resource.lines(language + "/frames.txt"));
        quantities = new Quantities(language);
        function = new HashSet<>(Resource.words(language + "/function.txt"));
        clitics = new HashSet<>(Resource.words(language + "/clitics.txt"));
        for (String line : Resource.lines(language + "/weak.txt")) {
            List<String> words = Resource.cut(line);
            words.subList(1, words.size()).forEach(w -> weak.putIfAbsent(w, Double.parseDouble(words.getFirst())));
        }
        known.addAll(weak.keySet());
        known.addAll(Resource.words(language + "/near.txt"));
        for (String line : Resource.lines(language + "/opposites.txt")) {
            known.addAll(Resource.cut(line));
        }
        lemmas = new Lemmas(language, known);
        for (List<String> group : groups) {
            String name = group.getFirst();
            for (String word : group) {
                idea.putIfAbsent(word, name);
                idea.putIfAbsent(lemmas.of(word), name);
            }
        }
        for (String line : Resource.lines(language + "/prepositions.txt")) {
            List<String> words = Resource.cut(line);
            String name = words.getFirst().substring(0, words.getFirst().length() - 1);
            words.subList(1, words.size()).forEach(w -> role.putIfAbsent(w, name));
        }
        for (String line : Resource.lines(language + "/role-conflicts.txt")) {
            List<String> words = Resource.cut(line);
            conflicts.add(words.get(0) + " " + words.get(1));
            conflicts.add(words.get(1) + " " + words.get(0));
        }
        for (String line : Resource.lines(language + "/opposites.txt")) {
            List<String> words = new ArrayList<>(Resource.cut(line));
            boolean complement = words.getFirst().equals("!");
            if (complement) {
                words.removeFirst();
            }
            String a = idea(words.get(0));
            String b = idea(words.get(1));
            opposites.computeIfAbsent(a, k -> new HashSet<>()).add(b);
            opposites.computeIfAbsent(b, k -> new HashSet<>()).add(a);
            if (complement) {
                complements.putIfAbsent(b, a);
            }
        }
        readNear(language);
        Resource.words(language + "/shown.txt").forEach(word -> shown.add(idea(word)));
    }

    private void readNear(String language) {
        for (String line : Resource.lines(language + "/near.txt")) {
            List<String> ideas = Resource.cut(line).stream().map(this::idea).toList();
            ideas.forEach(
                    idea -> near.computeIfAbsent(idea, k -> new HashSet<>()).addAll(ideas));
        }
    }

    /** Contractions spelled out, numbers joined with their units, phrases replaced. */
    public List<Token> normalise(List<Token> tokens) {
        return quantities.merge(phrases.rewrite(contractions.rewrite(clitics(tokens))));
    }

    /** The {@code 's} of "what's" is a verb, not a possessor's. */
    private List<Token> clitics(List<Token> tokens) {
        List<Token> out = new ArrayList<>(tokens);
        for (int i = 1; i < out.size(); i++) {
            if (out.get(i).kind() == Token.Kind.POSSESSIVE
                    && clitics.contains(out.get(i - 1).text())) {
                out.set(i, out.get(i).as(Token.Kind.WORD, "is"));
            }
        }
        return out;
    }

    /** What {@code sentence} asks. */
    public Question question(List<Token> sentence) {
        Frames.Match match = frames.match(sentence);
        List<Token> read = new ArrayList<>();
        match.read().forEach(word -> read.add(Token.word(word)));
        read.addAll(frames.kept(sentence.subList(0, match.consumed())));
        return new Question(match.kind(), match.opener(), match.consumed(), read);
    }

    /** The name of what {@code word} stands for: its synonyms and forms share it. */
    public String idea(String word) {
        String direct = idea.get(word);
        if (direct != null) {
            return direct;
        }
        String lemma = lemmas.of(word);
        return idea.getOrDefault(lemma, lemma);
    }

    /** How much depends on {@code word}, from 0 (nothing) to 1. */
    public double weight(String word) {
        Double own = weak.get(word);
        if (own == null) {
            own = weak.get(lemmas.of(word));
        }
        return own == null ? PLAIN : own;
    }

    /** Whether {@code word} only holds a sentence together. */
    public boolean isFunction(String word) {
        return function.contains(word);
    }

    /** Whether the word, or its base form, is in the lexicon; typing errors are not. */
    public boolean knows(String word) {
        return function.contains(word) || idea.containsKey(word) || lemmas.knows(word);
    }

    /** The role that the preposition {@code word} announces, empty if it is none. */
    public String role(String word) {
        return role.getOrDefault(word, "");
    }

    /** Whether something in one role cannot be what is in the other. */
    public boolean conflict(String role, String other) {
        return conflicts.contains(role + " " + other);
    }

    /** Whether two ideas are opposites. */
    public boolean opposite(String idea, String other) {
        return opposites.getOrDefault(idea, Set.of()).contains(other);
    }

    /** Whether two ideas are near: in most questions one may stand for the other. */
    public boolean near(String idea, String other) {
        return near.getOrDefault(idea, Set.of()).contains(other) && !opposite(idea, other);
    }

    /** Whether a question may show such a thing beside its text: a photo, a program. */
    public boolean isShown(String idea) {
        return shown.contains(idea);
    }

    /** The idea whose denial {@code idea} is, or {@code idea} itself: impossible is not possible. */
    public String complement(String idea) {
        return complements.getOrDefault(idea, idea);
    }

    /** Whether {@code word} is a past tense. */
    public boolean isPast(String word) {
        return lemmas.isPast(word);
    }

    /** Whether {@code word} may be the participle of a passive. */
    public boolean isParticiple(String word) {
        return lemmas.isParticiple(word);
    }
}
