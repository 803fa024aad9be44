package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.toolcall.AnswerPart;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat answer as a stream of chunks. The stream begins with the first token or the first silence, so that a request that fails
 * at once still gets its own HTTP status.
 */
final class ChatStream implements AnswerSink {
    private final Exchange exchange;
    private final ResponseHead head;
    private final List<ChatChoice> choices;
    private final LogprobJson logprobs;
    private final boolean withLogprobs;
    private final boolean includeUsage;
    private final UsageTotals usage;
    private @Nullable EventStream events;

    ChatStream(
            Exchange exchange,
            ResponseHead head,
            List<ChatChoice> choices,
            LogprobJson logprobs,
            AnswerOptions options,
            UsageTotals usage) {
        this.exchange = exchange;
        this.head = head;
        this.choices = List.copyOf(choices);
        this.logprobs = logprobs;
        this.withLogprobs = options.sampling().topLogprobs() >= 0;
        this.includeUsage = options.includeUsage();
        this.usage = usage;
    }

    private EventStream events() {
        EventStream stream = events;
        if (stream == null) {
            stream = exchange.events();
            events = stream;
            for (int i = 0; i < choices.size(); i++) {
                ObjectNode delta = JsonNodeFactory.instance.objectNode();
                delta.put("role", "assistant").put("content", "").putNull("refusal");
                stream.send(chunk(i, delta, List.of(), null));
            }
        }
        return stream;
    }

    @Override
    public void token(int choice, Token token) {
        send(choice, choices.get(choice).accept(token));
    }

    @Override
    public void finished(int choice, Finished finished) {
        ChatChoice answer = choices.get(choice);
        ChatChoice.Growth rest = answer.finish(finished);
        send(choice, rest);
        usage.add(finished.usage(), choice == 0);
        List<Token> unsent = rest.parts().isEmpty() ? rest.logprobs() : List.of();
        String reason = answer.finishReason(finished.reason());
        exchange.finished(reason);
        events().send(chunk(choice, JsonNodeFactory.instance.objectNode(), unsent, reason));
    }

    private void send(int choice, ChatChoice.Growth growth) {
        List<Token> probable = growth.logprobs();
        for (AnswerPart part : growth.parts()) {
            events().send(chunk(choice, delta(part), probable, null));
            probable = List.of();
        }
    }

    private static ObjectNode delta(AnswerPart part) {
        ObjectNode delta = JsonNodeFactory.instance.objectNode();
        switch (part) {
            case AnswerPart.Text(String text) -> delta.put("content", text);
            case AnswerPart.Reasoning(String text) -> delta.put("reasoning_content", text);
            case AnswerPart.ToolCall call -> {
                ObjectNode entry = delta.putArray("tool_calls").addObject();
                entry.put("index", call.index());
                ChatJson.describe(entry, call);
            }
        }
        return delta;
    }

    private ObjectNode chunk(int index, ObjectNode delta, List<Token> probable, @Nullable String finish) {
        ObjectNode chunk = head.object("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", index);
        choice.set("delta", delta);
        if (withLogprobs && !probable.isEmpty()) {
            choice.set("logprobs", logprobs.chat(probable));
        } else {
            choice.putNull("logprobs");
        }
        choice.put("finish_reason", finish);
        if (includeUsage) {
            chunk.putNull("usage");
        }
        return chunk;
    }

    @Override
    public void idle() {
        events().keepAlive();
    }

    @Override
    public void complete() {
        if (includeUsage) {
            ObjectNode chunk = head.object("chat.completion.chunk");
            chunk.putArray("choices");
            chunk.set("usage", usage.json());
            events().send(chunk);
        }
        events().done();
    }
}
