package io.theseus.node.http;

import io.theseus.cache.Scope;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.RememberingEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/completions}. */
final class CompletionEndpoint {
    private final ServedModels models;
    private final Answering answering;
    private final Optional<Duration> deadline;
    private final Scope scope;
    private final InstantSource clock;
    private final Ids ids;

    CompletionEndpoint(
            ServedModels models,
            Answering answering,
            Optional<Duration> deadline,
            Scope scope,
            InstantSource clock,
            Ids ids) {
        this.models = models;
        this.answering = answering;
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
        AnswerOptions options = CompletionRequest.readOptions(fields, tokenizer, ids);
        CompletionRequest request = CompletionRequest.read(fields, tokenizer);
        if ((long) request.prompts().size() * options.choices() > AnswerOptions.MAX_CHOICES) {
            throw ApiError.invalid(
                    "n",
                    request.prompts().size() + " prompts with " + options.choices() + " answers each, expected at most "
                            + AnswerOptions.MAX_CHOICES + " answers in all.");
        }
        List<GenerationRequest> requests = new ArrayList<>();
        List<String> echoes = new ArrayList<>();
        for (CompletionRequest.Prompt prompt : request.prompts()) {
            int room = engine.contextLength() - prompt.ids().length;
            if (room <= 0) {
                throw ContextRoom.exceeded("prompt", prompt.ids().length, engine.contextLength());
            }
            for (int i = 0; i < options.choices(); i++) {
                requests.add(options.request(
                        prompt.ids(), i, Math.min(request.maxTokens(), room), tokenizer, false, deadline));
                echoes.add(request.echo() ? prompt.text() : "");
            }
        }
        ResponseHead head = new ResponseHead(ids.next("cmpl-"), clock.instant().getEpochSecond(), model);
        Recall recall = RecallHeaders.read(
                exchange, fields, scope, request.prompts().getFirst().text());
        answering.run(
                exchange, engine, requests, recall, new CompletionAnswer(exchange, head, options, tokenizer, echoes));
    }
}
