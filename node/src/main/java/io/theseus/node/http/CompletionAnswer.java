package io.theseus.node.http;

import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.tokenizer.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Text completions, whole or as a stream: the two differ only in how often they send. */
final class CompletionAnswer implements AnswerSink {
    private final Exchange exchange;
    private final ResponseHead head;
    private final AnswerOptions options;
    private final LogprobJson logprobs;
    private final List<Choice> choices;
    private @Nullable EventStream events;

    /** @param echoes what each answer begins with, in the order of the answers; mostly empty */
    CompletionAnswer(
            Exchange exchange, ResponseHead head, AnswerOptions options, Tokenizer tokenizer, List<String> echoes) {
        this.exchange = exchange;
        this.head = head;
        this.options = options;
        this.logprobs = new LogprobJson(tokenizer);
        this.choices = echoes.stream().map(echo -> new Choice(echo, tokenizer)).toList();
    }

    /** One answer, as far as it has not been sent. */
    private static final class Choice {
        final StringBuilder text;
        final PendingLogprobs pending;
        final List<Token> probable = new java.util.ArrayList<>();
        int offset;

        @Nullable
        String finish;

        Choice(String echo, Tokenizer tokenizer) {
            this.text = new StringBuilder(echo);
            this.pending = new PendingLogprobs(tokenizer);
            this.offset = echo.length();
        }
    }

    @Override
    public void token(int index, Token token) {
        Choice choice = choices.get(index);
        choice.pending.add(token);
        if (!token.text().isEmpty()) {
            choice.text.append(token.text());
            choice.probable.addAll(choice.pending.take());
            if (options.stream()) {
                send(index);
            }
        }
    }

    @Override
    public void finished(int index, Finished finished) {
        Choice choice = choices.get(index);
        choice.text.append(finished.text());
        if (!finished.text().isEmpty() || finished.reason() == FinishReason.LENGTH) {
            choice.probable.addAll(choice.pending.take());
        }
        choice.finish = FinishReasons.word(finished.reason(), false);
        exchange.finished(choice.finish);
        exchange.usage().add(finished.usage(), index % options.choices() == 0);
        if (options.stream()) {
            send(index);
        }
    }

    private void send(int index) {
        ObjectNode chunk = head.object("text_completion");
        write(chunk.putArray("choices").addObject(), index);
        if (options.includeUsage()) {
            chunk.putNull("usage");
        }
        events().send(chunk);
    }

    /** Writes what has not been written of this answer. */
    private void write(ObjectNode json, int index) {
        Choice choice = choices.get(index);
        json.put("text", choice.text.toString());
        json.put("index", index);
        if (options.sampling().topLogprobs() >= 0) {
            json.set("logprobs", logprobs.legacy(choice.probable, choice.offset));
        } else {
            json.putNull("logprobs");
        }
        json.put("finish_reason", choice.finish);
        choice.offset += logprobs.length(choice.probable);
        choice.probable.clear();
        choice.text.setLength(0);
    }

    private EventStream events() {
        EventStream stream = events;
        if (stream == null) {
            stream = exchange.events();
            events = stream;
        }
        return stream;
    }

    @Override
    public void idle() {
        if (options.stream()) {
            events().keepAlive();
        }
    }

    @Override
    public void complete() {
        ObjectNode response = head.object("text_completion");
        if (options.stream()) {
            if (options.includeUsage()) {
                response.putArray("choices");
                response.set("usage", exchange.usage().json());
                events().send(response);
            }
            events().done();
            return;
        }
        var array = response.putArray("choices");
        for (int i = 0; i < choices.size(); i++) {
            write(array.addObject(), i);
        }
        response.set("usage", exchange.usage().json());
        exchange.send(200, response);
    }
}
