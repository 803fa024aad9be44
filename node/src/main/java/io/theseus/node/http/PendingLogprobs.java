package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Log probabilities that wait for their token's text. A token may be held back because it could begin a stop string; if it does, it is
 * no part of the answer, and neither are its log probabilities.
 */
final class PendingLogprobs {
    private final Tokenizer tokenizer;
    private final List<Token> pending = new ArrayList<>();

    PendingLogprobs(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    void add(Token token) {
        if (token.logprobs().isPresent() && !tokenizer.endOfGeneration().contains(token.id())) {
            pending.add(token);
        }
    }

    /** Those whose text has been shown by now. */
    List<Token> take() {
        List<Token> taken = List.copyOf(pending);
        pending.clear();
        return taken;
    }
}
