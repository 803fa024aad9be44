package io.theseus.concept;

import io.theseus.concept.lexicon.Languages;
import io.theseus.concept.lexicon.Lexicon;
import io.theseus.concept.text.Splitter;
import io.theseus.concept.text.Token;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the concept graph of a text: tokens, then the lexicon's rewriting, then one pass over each sentence. Time is linear in
 * the text, and bounded: what lies beyond {@link Splitter#MAX_LENGTH} units or {@link #MAX_NODES} ideas is hashed, and two
 * graphs agree only if their hashes do.
 */
public final class ConceptReader {
    /** Ideas kept of one text. */
    public static final int MAX_NODES = 256;

    private final Lexicon english;
    private final Languages languages;

    /** Reads with the given words. */
    public ConceptReader(Lexicon english, Languages languages) {
        this.english = english;
        this.languages = languages;
    }

    /** The graph of {@code text}. */
    public ConceptGraph read(String text) {
        List<Token> tokens = Splitter.split(text);
        String language = languages.of(tokens);
        String rest = text.length() > Splitter.MAX_LENGTH ? hash(text.substring(Splitter.MAX_LENGTH)) : "";
        return language.equals("en") ? english(tokens, rest) : conservative(language, tokens, rest);
    }

    private ConceptGraph english(List<Token> tokens, String rest) {
        SentenceReader reader = new SentenceReader(english);
        Set<QuestionKind> questions = EnumSet.noneOf(QuestionKind.class);
        List<Token> sentence = new ArrayList<>();
        for (Token token : english.normalise(tokens)) {
            if (token.kind() != Token.Kind.STOP) {
                sentence.add(token);
            } else if (!sentence.isEmpty()) {
                reader.read(sentence);
                sentence.clear();
            }
        }
        if (!sentence.isEmpty()) {
            reader.read(sentence);
        }
        questions.addAll(reader.questions());
        return bounded("en", questions, reader.nodes(), reader.traits(), rest);
    }

    /** Of a language without a lexicon: every word as it stands, in its place. */
    private static ConceptGraph conservative(String language, List<Token> tokens, String rest) {
        List<Node> nodes = new ArrayList<>();
        int sentence = 0;
        for (Token token : tokens) {
            switch (token.kind()) {
                case STOP -> sentence++;
                case PAUSE, POSSESSIVE -> {}
                case WORD, NUMBER, QUANTITY, SYMBOL, LITERAL ->
                    nodes.add(new Node(
                            token.text(),
                            Node.Kind.LITERAL,
                            token.shown(),
                            "" + nodes.size(),
                            "",
                            false,
                            1,
                            true,
                            sentence));
            }
        }
        return bounded(language, Set.of(), nodes, new TreeSet<>(), rest);
    }

    private static ConceptGraph bounded(
            String language, Set<QuestionKind> questions, List<Node> nodes, TreeSet<String> traits, String rest) {
        if (nodes.size() <= MAX_NODES) {
            return new ConceptGraph(language, questions, nodes, traits, rest);
        }
        StringBuilder beyond = new StringBuilder(rest);
        for (Node node : nodes.subList(MAX_NODES, nodes.size())) {
            beyond.append('\n').append(node.negated() ? "-" : "+").append(node.idea());
        }
        return new ConceptGraph(language, questions, nodes.subList(0, MAX_NODES), traits, hash(beyond.toString()));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new io.theseus.core.TheseusException(
                    io.theseus.core.ErrorCode.INTERNAL, "this JDK has no SHA-256; use a complete JDK", e);
        }
    }
}
