package io.theseus.engine.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.testkit.Golden;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Real models' templates over 22 conversations, byte for byte as transformers renders them. */
class ChatTemplateGoldenTest {
    private static final Instant NOW = Instant.parse("2025-07-26T12:34:56Z");

    @Test
    void rendersEveryGoldenCaseByteForByte() {
        Map<String, ChatTemplate> templates = new HashMap<>();
        Map<String, ChatInput> conversations = new HashMap<>();
        List<Map<?, ?>> cases = new ArrayList<>();
        for (String text : Golden.jsonLines("data/golden/chat_templates.jsonl.gz")) {
            Map<?, ?> line = (Map<?, ?>) Json.read(text);
            String kind = (String) line.get("kind");
            switch (kind) {
                case "template" ->
                    templates.put(
                            (String) line.get("name"),
                            ChatTemplate.compile((String) line.get("template"), (String) line.get("bos_token"), (String)
                                    line.get("eos_token")));
                case "conversation" -> conversations.put((String) line.get("name"), conversation(line));
                default -> cases.add(line);
            }
        }
        assertThat(cases).hasSizeGreaterThan(300);
        List<String> failures = new ArrayList<>();
        for (Map<?, ?> line : cases) {
            String name = line.get("template") + " / " + line.get("conversation");
            check(templates.get(line.get("template")), conversations.get(line.get("conversation")), line)
                    .ifPresent(failure -> failures.add(name + ": " + failure));
        }
        assertThat(failures).isEmpty();
    }

    private static Optional<String> check(ChatTemplate template, ChatInput input, Map<?, ?> line) {
        String expected = (String) line.get("output");
        try {
            String output = template.render(input);
            return output.equals(expected)
                    ? Optional.empty()
                    : Optional.of("rendered <" + output + "> instead of <"
                            + (expected == null ? line.get("message") : expected) + ">");
        } catch (TheseusException fault) {
            if (expected != null) {
                return Optional.of(fault.toString());
            }
            String message = (String) line.get("message");
            boolean same = "TemplateError".equals(line.get("error"))
                    ? fault.getMessage().equals(message)
                    : fault.getMessage().contains(line.get("error") + ": " + message);
            return fault.code() == ErrorCode.BAD_INPUT && same
                    ? Optional.empty()
                    : Optional.of("failed with <" + fault.getMessage() + "> instead of <" + message + ">");
        }
    }

    @SuppressWarnings("unchecked")
    private static ChatInput conversation(Map<?, ?> line) {
        Object tools = line.get("tools");
        return new ChatInput(
                (List<Map<String, Object>>) line.get("messages"),
                tools == null ? List.of() : (List<Map<String, Object>>) tools,
                (Map<String, Object>) line.get("kwargs"),
                (boolean) line.get("add_generation_prompt"),
                (boolean) line.get("continue_final_message"),
                NOW);
    }
}
