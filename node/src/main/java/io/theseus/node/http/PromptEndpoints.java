package io.theseus.node.http;

import io.theseus.cache.states.ModelStates;
import io.theseus.cache.states.PinnedPrompt;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.template.ChatInput;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.node.prompt.Bos;
import io.theseus.node.prompt.PromptWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code /theseus/v1/prompts}: prompts whose state is computed once and never forgotten, such as system prompts. */
final class PromptEndpoints {
    static final String LIST = "/theseus/v1/prompts";
    static final String ONE = LIST + "/";
    private static final int LABEL = 80;

    /** What people will say next is not known; what does not depend on it is what two such prompts share. */
    private static final List<String> ANY = List.of("Hello", "1 + 1?");

    private final ServedModels models;
    private final ModelTools tools;
    private final InstantSource clock;

    PromptEndpoints(ServedModels models, ModelTools tools, InstantSource clock) {
        this.models = models;
        this.tools = tools;
        this.clock = clock;
    }

    /** {@code GET}: what is pinned. */
    void list(Exchange exchange) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode rows = body.putArray("prompts");
        for (ServedModel model : models.models()) {
            model.meters()
                    .states()
                    .ifPresent(states -> states.pinned().forEach(pin -> rows.add(describe(model, states, pin))));
        }
        exchange.send(200, body);
    }

    /** {@code POST} with {@code messages} (and {@code tools}), {@code system} or {@code prompt}: pins, and computes what is not stored. */
    void pin(Exchange exchange) throws InterruptedException {
        Fields fields = new Fields(exchange.body(), "");
        ServedModel model = ModelEndpoints.choose(models, fields);
        ModelStates states = model.meters().states().orElseThrow(PromptEndpoints::off);
        int[] ids = prefix(fields, model);
        if (ids.length >= model.engine().contextLength()) {
            throw ContextRoom.exceeded("messages", ids.length, model.engine().contextLength());
        }
        PinnedPrompt pin = states.pin(ids, label(model, ids));
        if (states.held(pin) < pin.chain().size()) {
            compute(model, Arrays.copyOf(ids, pin.tokens()));
        }
        exchange.model(model.id());
        exchange.send(200, describe(model, states, pin));
    }

    /** {@code DELETE /{id}}: may be forgotten again. */
    void unpin(Exchange exchange) {
        String text = exchange.path().substring(ONE.length());
        for (ServedModel model : models.models()) {
            ModelStates states = model.meters().states().orElse(null);
            if (states != null && states.disk().unpin(id(text))) {
                exchange.send(200, JsonNodeFactory.instance.objectNode().put("unpinned", 1));
                return;
            }
        }
        throw unknown(text);
    }

    private static Digest id(String text) {
        try {
            return Digest.parse(text);
        } catch (TheseusException e) {
            throw unknown(text);
        }
    }

    private static ApiException unknown(String id) {
        return ApiError.of(404, "invalid_request_error", "unknown_key", "No pinned prompt has the id " + id + ".");
    }

    private static ApiException off() {
        return ApiError.of(
                404,
                "invalid_request_error",
                "states_off",
                "This node keeps no states of prompts: its setting states is off, or its folder could not be used.");
    }

    private int[] prefix(Fields fields, ServedModel model) {
        if (fields.value("prompt").isPresent()) {
            return Bos.prepend(
                    model.engine()
                            .tokenizer()
                            .encode(fields.requireString("prompt"), fields.flag("parse_special", false)),
                    model.engine().tokenizer());
        }
        ModelTools.Chat chat = tools.chat(model);
        if (fields.value("system").isPresent()) {
            Map<String, Object> system = Map.of("role", "system", "content", fields.requireString("system"));
            return shared(chat.writer(), ChatInput.of(List.of(system), clock.instant()));
        }
        ChatInput input = ChatRequest.read(fields, chat.template()).input(clock.instant());
        return "user".equals(input.messages().getLast().get("role"))
                ? chat.writer().write(input).ids()
                : shared(chat.writer(), input);
    }

    /** What all prompts begin with that go on from {@code input} with words of a user. */
    private static int[] shared(PromptWriter writer, ChatInput input) {
        int[] first = writer.write(with(input, ANY.getFirst())).ids();
        int[] second = writer.write(with(input, ANY.getLast())).ids();
        int common = Arrays.mismatch(first, second);
        return common < 0 ? first : Arrays.copyOf(first, common);
    }

    private static ChatInput with(ChatInput input, String words) {
        List<Map<String, Object>> messages = new ArrayList<>(input.messages());
        messages.add(Map.of("role", "user", "content", words));
        return new ChatInput(messages, input.tools(), input.variables(), true, false, input.now());
    }

    private static String label(ServedModel model, int[] ids) {
        String text = model.engine()
                .tokenizer()
                .decode(Arrays.copyOf(ids, Math.min(ids.length, LABEL)), false)
                .strip();
        return text.codePointCount(0, text.length()) <= LABEL
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LABEL));
    }

    /** Computes the state of {@code ids}; the engine hands it to the disk. */
    private static void compute(ServedModel model, int[] ids) throws InterruptedException {
        try (Generation generation = model.engine().submit(GenerationRequest.of(ids, 0, SamplingParameters.GREEDY))) {
            while (true) {
                switch (generation.next()) {
                    case GenerationEvent.Finished finished -> {
                        return;
                    }
                    case GenerationEvent.Failed failed -> throw failed.cause();
                    case GenerationEvent.Prefill progress -> {}
                    case GenerationEvent.Token token -> {}
                }
            }
        }
    }

    private static ObjectNode describe(ServedModel model, ModelStates states, PinnedPrompt pin) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", pin.id().hex())
                .put("model", model.id())
                .put("tokens", pin.tokens())
                .put("blocks", pin.chain().size())
                .put("blocks_on_disk", states.held(pin))
                .put("pinned_at", pin.since().getEpochSecond())
                .put("begins", pin.label());
    }
}
