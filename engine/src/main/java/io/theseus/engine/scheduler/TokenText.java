package io.theseus.engine.scheduler;

import io.theseus.engine.tokenizer.TokenDecoder;
import io.theseus.engine.tokenizer.Tokenizer;
import java.util.List;

/**
 * The text of an answer as its tokens arrive. Holds back what may still become a stop string and the bytes of an incomplete
 * character, and no more. Not thread-safe.
 */
final class TokenText {
    private final TokenDecoder decoder;
    private final StopMatcher stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * @param stop strings that end the text
     * @param echoSpecial whether control tokens have text
     */
    TokenText(Tokenizer tokenizer, List<String> stop, boolean echoSpecial) {
        decoder = TokenDecoder.ofContinuation(tokenizer, echoSpecial);
        stops = new StopMatcher(stop);
    }

    /** Takes the next token; returns what can be shown now. Nothing follows once {@link #stopped()}. */
    String accept(int id) {
        return release(decoder.push(id));
    }

    /** Whether a stop string was found; the text shown ends right before it. */
    boolean stopped() {
        return stopped;
    }

    /** The end of an answer that no stop string ended: whatever is still held back. */
    String finish() {
        String shown = release(decoder.finish());
        if (stopped) {
            return shown;
        }
        String rest = shown + held;
        held.setLength(0);
        return rest;
    }

    private String release(String text) {
        for (int i = 0; i < text.length() && !stopped; i++) {
            held.append(text.charAt(i));
            int match = stops.accept(text.charAt(i));
            if (match > 0) {
                stopped = true;
                held.setLength(held.length() - match);
            }
        }
        int free = stopped ? held.length() : held.length() - stops.held();
        String shown = held.substring(0, free);
        held.delete(0, free);
        return shown;
    }
}
