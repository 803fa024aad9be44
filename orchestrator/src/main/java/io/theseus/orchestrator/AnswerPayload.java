package io.theseus.orchestrator;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.CanonicalReader;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An answer of our engine as bytes: what was answered, and nothing of how long it took, so that the same answer always has the same
 * bytes.
 *
 * <p>{@link CanonicalBytes} under {@code theseus/answer/1}: finish reason (one byte: 0 stop, 1 length), prompt tokens, completion
 * tokens, held-back text of the end, number of tokens; of each token its id, its text, a flag and, if set, its log probability (f64), the
 * number of alternatives and id and log probability of each.
 */
public final class AnswerPayload {
    private static final String DOMAIN = "theseus/answer/1";

    /** Least bytes of a token: id, length of its text, flag. */
    private static final int LEAST_TOKEN = 9;

    private static final int ALTERNATIVE = 12;

    private AnswerPayload() {}

    /**
     * Writes a complete answer.
     *
     * @param events of which the tokens and the end are kept; the last one is {@link Finished} by {@code STOP} or {@code LENGTH}
     */
    static byte[] write(List<GenerationEvent> events) {
        if (!(events.getLast() instanceof Finished end)) {
            throw new IllegalArgumentException("an answer without an end is not complete");
        }
        List<Token> tokens = events.stream()
                .filter(Token.class::isInstance)
                .map(Token.class::cast)
                .toList();
        CanonicalBytes out = new CanonicalBytes(DOMAIN)
                .octet(code(end.reason()))
                .integer(end.usage().promptTokens())
                .integer(end.usage().completionTokens())
                .text(end.text())
                .integer(tokens.size());
        for (Token token : tokens) {
            out.integer(token.id()).text(token.text()).flag(token.logprobs().isPresent());
            token.logprobs().ifPresent(logprobs -> {
                out.real(logprobs.logprob()).integer(logprobs.top().size());
                logprobs.top()
                        .forEach(alternative -> out.integer(alternative.id()).real(alternative.logprob()));
            });
        }
        return out.toBytes();
    }

    private static int code(FinishReason reason) {
        return switch (reason) {
            case STOP -> 0;
            case LENGTH -> 1;
            case CANCELLED, DEADLINE, SHUTDOWN ->
                throw new IllegalArgumentException("an answer that was cut (" + reason + ") is not complete");
        };
    }

    /**
     * The events of a remembered answer: its tokens, then its end, with every prompt token counted as cached and no time spent.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if the bytes are something else
     */
    static List<GenerationEvent> read(byte[] payload) {
        CanonicalReader in = new CanonicalReader(DOMAIN, payload);
        FinishReason reason = in.octet() == 0 ? FinishReason.STOP : FinishReason.LENGTH;
        int promptTokens = in.integer();
        int completionTokens = in.integer();
        String rest = in.text();
        int count = in.count(LEAST_TOKEN);
        List<GenerationEvent> events = new ArrayList<>(count + 1);
        for (int i = 0; i < count; i++) {
            events.add(new Token(in.integer(), in.text(), in.flag() ? Optional.of(logprobs(in)) : Optional.empty()));
        }
        in.end();
        events.add(new Finished(reason, rest, new Usage(promptTokens, promptTokens, completionTokens, 0, 0, 0)));
        return events;
    }

    private static Logprobs logprobs(CanonicalReader in) {
        double logprob = in.real();
        int count = in.count(ALTERNATIVE);
        List<TokenLogprob> top = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            top.add(new TokenLogprob(in.integer(), in.real()));
        }
        return new Logprobs(logprob, top);
    }

    /**
     * The text of a remembered answer.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if the bytes are something else
     */
    public static String textOf(byte[] payload) {
        return text(read(payload));
    }

    /** The text of a complete answer. */
    static String text(List<GenerationEvent> events) {
        StringBuilder text = new StringBuilder();
        for (GenerationEvent event : events) {
            switch (event) {
                case Token token -> text.append(token.text());
                case Finished finished -> text.append(finished.text());
                case GenerationEvent.Prefill prefill -> {}
                case GenerationEvent.Failed failed -> {}
            }
        }
        return text.toString();
    }
}
