package io.theseus.node.http;

import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.toolcall.ToolCallFormat;
import io.theseus.node.ServedModel;
import io.theseus.node.prompt.PromptWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is derived once from each model that chats. Safe for use by many threads. */
final class ModelTools {
    private final Map<Key, Chat> chats = new ConcurrentHashMap<>();

    private record Key(ChatTemplate template, Tokenizer tokenizer) {}

    /** How a model takes turns. */
    record Chat(ChatTemplate template, PromptWriter writer, ToolCallFormat format) {}

    /** @throws ApiException status 400 if the model has no chat template */
    Chat chat(ServedModel model) {
        ChatTemplate template = model.template()
                .orElseThrow(() -> ApiError.unsupported(
                        "messages",
                        "The model " + model.id() + " has no chat template; use /v1/completions with a prompt."));
        Tokenizer tokenizer = model.engine().tokenizer();
        return chats.computeIfAbsent(
                new Key(template, tokenizer),
                key -> new Chat(template, new PromptWriter(template, tokenizer), ToolCallFormat.detect(template)));
    }
}
