package io.theseus.engine.template;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template is given. Values are those of JSON: maps with string keys, lists, strings, numbers, booleans
 * and null.
 *
 * @param messages the conversation, each with at least a {@code role}
 * @param tools function definitions in OpenAI's shape; empty = none, which a template sees as {@code tools} being
 *     {@code None}
 * @param variables further template variables such as {@code enable_thinking}; they win over the template's own
 *     {@code bos_token} and {@code eos_token}
 * @param addGenerationPrompt whether the text ends where the assistant's answer begins
 * @param continueFinalMessage whether the text ends right after the last message's content, for the model to go on
 *     with it
 * @param now what {@code strftime_now} formats, in UTC
 */
public record ChatInput(
        List<Map<String, Object>> messages,
        List<Map<String, Object>> tools,
        Map<String, @Nullable Object> variables,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        Instant now) {
    public ChatInput {
        messages = Collections.unmodifiableList(new ArrayList<>(messages));
        tools = Collections.unmodifiableList(new ArrayList<>(tools));
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** A conversation that asks for the assistant's next answer, without tools. */
    public static ChatInput of(List<Map<String, Object>> messages, Instant now) {
        return new ChatInput(messages, List.of(), Map.of(), true, false, now);
    }
}
