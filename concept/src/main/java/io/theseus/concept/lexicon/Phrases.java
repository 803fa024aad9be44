package io.theseus.concept.lexicon;

import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs of words that are read as others, longest first: a trie over words, walked once from each token. */
final class Phrases {
    private static final int MAX_ROUNDS = 2;

    private static final class Step {
        final Map<String, Step> next = new HashMap<>();

        @Nullable
        List<String> replacement;
    }

    private final Step root = new Step();

    Phrases(List<String> lines) {
        for (String line : lines) {
            int equals = line.indexOf('=');
            Step step = root;
            for (String word : Resource.cut(line.substring(0, equals))) {
                step = step.next.computeIfAbsent(word, w -> new Step());
            }
            if (step.replacement == null) {
                step.replacement = Resource.cut(line.substring(equals + 1));
            }
        }
    }

    /** The tokens with every phrase replaced; twice, because a replacement may complete another phrase. */
    List<Token> rewrite(List<Token> tokens) {
        List<Token> result = tokens;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            List<Token> rewritten = once(result);
            if (rewritten.size() == result.size() && rewritten.equals(result)) {
                return result;
            }
            result = rewritten;
        }
        return result;
    }

    private List<Token> once(List<Token> tokens) {
        List<Token> out = new ArrayList<>(tokens.size());
        int at = 0;
        while (at < tokens.size()) {
            int end = -1;
            Step found = null;
            Step step = root;
            for (int i = at; i < tokens.size(); i++) {
                Token token = tokens.get(i);
                if (token.kind() == Token.Kind.PAUSE && i > at && token.text().equals("-")) {
                    continue;
                }
                boolean word = token.kind() == Token.Kind.WORD || token.kind() == Token.Kind.NUMBER;
                step = word ? next(step, token.text()) : null;
                if (step == null) {
                    break;
                }
                if (step.replacement != null) {
                    end = i + 1;
                    found = step;
                }
            }
            if (found == null || found.replacement == null) {
                out.add(tokens.get(at++));
                continue;
            }
            Token first = tokens.get(at);
            for (String word : found.replacement) {
                out.add(new Token(Token.Kind.WORD, word, shown(tokens, at, end, word), first.name(), first.start()));
            }
            at = end;
        }
        return out;
    }

    /** The step for {@code word}; behind the first word a plural will do: stock markets. */
    private @Nullable Step next(Step step, String word) {
        Step next = step.next.get(word);
        if (next != null || step == root || word.length() < 4 || !word.endsWith("s")) {
            return next;
        }
        return step.next.get(word.substring(0, word.length() - 1));
    }

    private static String shown(List<Token> tokens, int from, int to, String word) {
        if (to - from == 1) {
            return word;
        }
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : " ").append(tokens.get(i).shown());
        }
        return text.toString();
    }
}
