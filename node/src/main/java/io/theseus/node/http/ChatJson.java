package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.toolcall.AnswerPart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A chat answer as one JSON object. */
final class ChatJson implements AnswerSink {
    private final Exchange exchange;
    private final ResponseHead head;
    private final List<Message> messages;
    private final LogprobJson logprobs;
    private final boolean withLogprobs;
    private final UsageTotals usage;

    ChatJson(
            Exchange exchange,
            ResponseHead head,
            List<ChatChoice> choices,
            LogprobJson logprobs,
            AnswerOptions options,
            UsageTotals usage) {
        this.exchange = exchange;
        this.head = head;
        this.messages = choices.stream().map(Message::new).toList();
        this.logprobs = logprobs;
        this.withLogprobs = options.sampling().topLogprobs() >= 0;
        this.usage = usage;
    }

    /** One answer, collected. */
    private static final class Message {
        final ChatChoice choice;
        final StringBuilder content = new StringBuilder();
        final StringBuilder reasoning = new StringBuilder();
        final List<AnswerPart.ToolCall> calls = new ArrayList<>();
        final List<Token> probable = new ArrayList<>();

        @Nullable
        String finish;

        Message(ChatChoice choice) {
            this.choice = choice;
        }

        void add(ChatChoice.Growth growth) {
            probable.addAll(growth.logprobs());
            for (AnswerPart part : growth.parts()) {
                switch (part) {
                    case AnswerPart.Text(String text) -> content.append(text);
                    case AnswerPart.Reasoning(String text) -> reasoning.append(text);
                    case AnswerPart.ToolCall call -> calls.add(call);
                }
            }
        }
    }

    @Override
    public void token(int choice, Token token) {
        Message message = messages.get(choice);
        message.add(message.choice.accept(token));
    }

    @Override
    public void finished(int choice, Finished finished) {
        Message message = messages.get(choice);
        message.add(message.choice.finish(finished));
        message.finish = message.choice.finishReason(finished.reason());
        exchange.finished(message.finish);
        usage.add(finished.usage(), choice == 0);
    }

    @Override
    public void idle() {
        // A response that has not begun has no room for comments; whether the client is there is watched on its
        // connection.
    }

    @Override
    public void complete() {
        ObjectNode response = head.object("chat.completion");
        ArrayNode choices = response.putArray("choices");
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            ObjectNode choice = choices.addObject();
            choice.put("index", i);
            write(choice.putObject("message"), message);
            if (withLogprobs) {
                choice.set("logprobs", logprobs.chat(message.probable));
            } else {
                choice.putNull("logprobs");
            }
            choice.put("finish_reason", message.finish);
        }
        response.set("usage", usage.json());
        exchange.send(200, response);
    }

    private static void write(ObjectNode json, Message message) {
        json.put("role", "assistant");
        if (message.content.isEmpty() && !message.calls.isEmpty()) {
            json.putNull("content");
        } else {
            json.put("content", message.content.toString());
        }
        json.putNull("refusal");
        if (!message.reasoning.isEmpty()) {
            json.put("reasoning_content", message.reasoning.toString());
        }
        if (!message.calls.isEmpty()) {
            ArrayNode calls = json.putArray("tool_calls");
            message.calls.forEach(call -> describe(calls.addObject(), call));
        }
    }

    /** {@code {id, type: function, function: {name, arguments}}}. */
    static void describe(ObjectNode entry, AnswerPart.ToolCall call) {
        entry.put("id", call.id());
        entry.put("type", "function");
        entry.putObject("function").put("name", call.name()).put("arguments", call.argumentsJson());
    }
}
