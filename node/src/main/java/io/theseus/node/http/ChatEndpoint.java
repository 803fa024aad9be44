package io.theseus.node.http;

import io.theseus.cache.Scope;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.toolcall.ToolCallFormat;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.node.prompt.Prompt;
import io.theseus.orchestrator.Memory;
import io.theseus.orchestrator.Question;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.RememberingEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/chat/completions} and {@code POST /apply-template}. */
final class ChatEndpoint {
    private final ServedModels models;
    private final Answering answering;
    private final ModelTools tools;
    private final Optional<Duration> deadline;
    private final Scope scope;
    private final InstantSource clock;
    private final Ids ids;

    ChatEndpoint(
            ServedModels models,
            Answering answering,
            ModelTools tools,
            Optional<Duration> deadline,
            Scope scope,
            InstantSource clock,
            Ids ids) {
        this.models = models;
        this.answering = answering;
        this.tools = tools;
        this.deadline = deadline;
        this.scope = scope;
        this.clock = clock;
        this.ids = ids;
    }

    void answer(Exchange exchange) throws InterruptedException {
        Fields fields = new Fields(exchange.body(), "");
        ServedModel model = ModelEndpoints.choose(models, fields);
        exchange.model(model.id());
        try (Answering.Slot slot = answering.enter()) {
            answer(exchange, fields, model);
        }
    }

    private void answer(Exchange exchange, Fields fields, ServedModel model) throws InterruptedException {
        RememberingEngine engine = model.engine();
        Tokenizer tokenizer = engine.tokenizer();
        ModelTools.Chat chat = tools.chat(model);
        AnswerOptions options = ChatRequest.readOptions(fields, tokenizer, ids);
        ChatRequest request = ChatRequest.read(fields, chat.template());
        Prompt prompt = chat.writer().write(request.input(clock.instant()));
        int room = engine.contextLength() - prompt.ids().length;
        if (room <= 0) {
            throw ContextRoom.exceeded("messages", prompt.ids().length, engine.contextLength());
        }
        OptionalInt wanted = AnswerOptions.maxTokens(fields, 1, "max_completion_tokens", "max_tokens");
        int maxTokens = wanted.orElse(room);
        ToolCallFormat format = chat.format();
        boolean withTools = !request.tools().isEmpty();
        List<GenerationRequest> requests = new ArrayList<>();
        List<ChatChoice> choices = new ArrayList<>();
        for (int i = 0; i < options.choices(); i++) {
            requests.add(options.request(
                    prompt.ids(),
                    i,
                    Math.min(maxTokens, room),
                    tokenizer,
                    withTools && format.needsControlTokens(),
                    deadline));
            choices.add(new ChatChoice(format.parser(request.tools(), prompt.text(), ids.random()), tokenizer));
        }
        ResponseHead head =
                new ResponseHead(ids.next("chatcmpl-"), clock.instant().getEpochSecond(), model);
        LogprobJson logprobs = new LogprobJson(tokenizer);
        AnswerSink sink = options.stream()
                ? new ChatStream(exchange, head, choices, logprobs, options, exchange.usage())
                : new ChatJson(exchange, head, choices, logprobs, options, exchange.usage());
        Recall recall = RecallHeaders.read(exchange, fields, scope, request.question());
        if (RecallHeaders.byMeaning(exchange, engine.memory().flatMap(Memory::meanings))) {
            recall = question(request, options, chat, engine, wanted)
                    .map(recall::byMeaning)
                    .orElse(recall);
        }
        answering.run(exchange, engine, requests, recall, sink);
    }

    /** What the request asks, apart from all else, if it is one that an answer by meaning could serve. */
    private Optional<Question> question(
            ChatRequest request,
            AnswerOptions options,
            ModelTools.Chat chat,
            RememberingEngine engine,
            OptionalInt maxTokens) {
        if (options.choices() != 1 || options.sampling().topLogprobs() >= 0) {
            return Optional.empty();
        }
        try {
            return request.frame().map(frame -> {
                int[] ids = chat.writer().write(frame.input(clock.instant())).ids();
                // Without a bound an answer may take what the context leaves: that is the same for each question.
                int most = maxTokens.orElse(Math.max(1, engine.contextLength() - ids.length));
                return new Question(
                        request.question(), options.request(ids, 0, most, engine.tokenizer(), false, Optional.empty()));
            });
        } catch (TheseusException e) {
            // A template that wants words there has no frame to compare.
            return Optional.empty();
        }
    }

    /** The prompt that {@link #answer} would compute on, as text and as a token count. */
    void applyTemplate(Exchange exchange) {
        Fields fields = new Fields(exchange.body(), "");
        ServedModel model = ModelEndpoints.choose(models, fields);
        exchange.model(model.id());
        try (Answering.Slot slot = answering.enter()) {
            ModelTools.Chat chat = tools.chat(model);
            Prompt prompt = chat.writer()
                    .write(ChatRequest.read(fields, chat.template()).input(clock.instant()));
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("prompt", prompt.text());
            body.put("count", prompt.ids().length);
            exchange.send(200, body);
        }
    }
}
