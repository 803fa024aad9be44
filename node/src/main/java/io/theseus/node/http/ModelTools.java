package io.theseus.node.http;

import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.toolcall.ToolCallFormat;
import io.theseus.node.ServedModel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is derived once from each model. Safe for use by many threads. */
final class ModelTools {
    private final Map<Tokenizer, ControlTexts> control = new ConcurrentHashMap<>();
    private final Map<ChatTemplate, ToolCallFormat> formats = new ConcurrentHashMap<>();

    ControlTexts control(ServedModel model) {
        return control.computeIfAbsent(model.engine().tokenizer(), ControlTexts::new);
    }

    ToolCallFormat format(ChatTemplate template) {
        return formats.computeIfAbsent(template, ToolCallFormat::detect);
    }
}
