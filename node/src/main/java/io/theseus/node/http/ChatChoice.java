package io.theseus.node.http;

import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.toolcall.AnswerParser;
import io.theseus.engine.toolcall.AnswerPart;
import java.util.ArrayList;
import java.util.List;

/** One answer of a chat response while it grows. */
final class ChatChoice {
    private final AnswerParser parser;
    private final PendingLogprobs logprobs;
    private boolean calledTools;

    ChatChoice(AnswerParser parser, Tokenizer tokenizer) {
        this.parser = parser;
        this.logprobs = new PendingLogprobs(tokenizer);
    }

    /**
     * New pieces of the answer.
     *
     * @param logprobs of the tokens they are made of
     */
    record Growth(List<AnswerPart> parts, List<Token> logprobs) {}

    Growth accept(Token token) {
        logprobs.add(token);
        List<AnswerPart> parts = noting(parser.accept(token.text()));
        return new Growth(parts, parts.isEmpty() ? List.of() : logprobs.take());
    }

    Growth finish(Finished finished) {
        List<AnswerPart> parts = new ArrayList<>(parser.accept(finished.text()));
        parts.addAll(parser.finish());
        boolean shown = !parts.isEmpty() || finished.reason() == FinishReason.LENGTH;
        return new Growth(noting(parts), shown ? logprobs.take() : List.of());
    }

    private List<AnswerPart> noting(List<AnswerPart> parts) {
        calledTools |= parts.stream().anyMatch(part -> part instanceof AnswerPart.ToolCall);
        return parts;
    }

    String finishReason(FinishReason reason) {
        return FinishReasons.word(reason, calledTools);
    }
}
