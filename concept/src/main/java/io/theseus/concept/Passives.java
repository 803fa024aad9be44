package io.theseus.concept;

import io.theseus.concept.lexicon.Lexicon;
import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.List;

/** Turns "Caesar was killed by Brutus" to "Brutus killed Caesar", so that voice does not hide who did what to whom. */
final class Passives {
    private Passives() {}

    /** The tokens with the agent of a passive in front and its subject behind the verb. */
    static List<Token> toActive(List<Token> tokens, Lexicon lexicon) {
        for (int by = 1; by + 1 < tokens.size(); by++) {
            Token verb = tokens.get(by - 1);
            if (tokens.get(by).is("by") && verb.kind() == Token.Kind.WORD && lexicon.isParticiple(verb.text())) {
                int end = by + 1;
                while (end < tokens.size() && isAgent(tokens.get(end), lexicon)) {
                    end++;
                }
                int start = by - 1;
                while (start > 0 && isSubject(tokens.get(start - 1))) {
                    start--;
                }
                if (end == by + 1) {
                    continue;
                }
                List<Token> active = new ArrayList<>(tokens.subList(0, start));
                active.addAll(tokens.subList(by + 1, end));
                active.add(verb);
                active.addAll(tokens.subList(start, by - 1));
                active.addAll(tokens.subList(end, tokens.size()));
                return active;
            }
        }
        return tokens;
    }

    private static boolean isAgent(Token token, Lexicon lexicon) {
        return switch (token.kind()) {
            case WORD ->
                lexicon.role(token.text()).isEmpty() && !token.is("and") && !token.is("or") && !token.is("but");
            case QUANTITY, NUMBER, LITERAL, POSSESSIVE -> true;
            case SYMBOL, PAUSE, STOP -> false;
        };
    }

    private static boolean isSubject(Token token) {
        return token.kind() == Token.Kind.WORD
                || token.kind() == Token.Kind.QUANTITY
                || token.kind() == Token.Kind.POSSESSIVE;
    }
}
