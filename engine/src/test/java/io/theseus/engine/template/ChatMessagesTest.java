package io.theseus.engine.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatMessagesTest {
    private static final ChatTemplate TEXTS =
            ChatTemplate.compile("{% for m in messages %}{{ m.role + m.content }}{% endfor %}", null, null);
    private static final ChatTemplate PARTS = ChatTemplate.compile(
            "{% for m in messages %}{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}{% endfor %}",
            null, null);

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> normalize(ChatTemplate template, String json) {
        return ChatMessages.normalize(template, (List<Map<String, Object>>) Json.read(json));
    }

    @Test
    void argumentsBecomeObjectsAndTheRestStays() {
        assertThat(Json.write(normalize(
                        TEXTS,
                        "[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\": 1.0}\"}}]}]")))
                .isEqualTo("[{\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [{\"id\": \"c\", \"type\": "
                        + "\"function\", \"function\": {\"name\": \"f\", \"arguments\": {\"x\": 1.0}}}]}]");
        assertThat(Json.write(normalize(
                        TEXTS,
                        "[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"arguments\":\"not json\"}}]}]")))
                .contains("\"arguments\": \"not json\"");
    }

    @Test
    void textPartsBecomeOneText() {
        String parts =
                "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]";
        assertThat(normalize(TEXTS, parts).getFirst()).containsEntry("content", "a\nb");
        assertThatThrownBy(() -> normalize(TEXTS, "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]"))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT))
                .hasMessageContaining("messages[0]")
                .hasMessageContaining("image_url");
    }

    @Test
    void aTemplateThatOnlyShowsPartsGetsParts() {
        assertThat(normalize(PARTS, "[{\"role\":\"user\",\"content\":\"a\"}]").getFirst())
                .containsEntry("content", List.of(Map.of("type", "text", "text", "a")));
    }

    @Test
    void developerIsSystemWhereTheTemplateDoesNotKnowIt() {
        assertThat(normalize(TEXTS, "[{\"role\":\"developer\",\"content\":\"a\"}]")
                        .getFirst())
                .containsEntry("role", "system");
    }

    @Test
    void theGivenMessagesAreNotChanged() {
        Map<String, Object> message = new LinkedHashMap<>(Map.of("role", "developer", "content", "x"));
        assertThat(ChatMessages.normalize(TEXTS, List.of(message)).getFirst()).isNotSameAs(message);
        assertThat(message).containsEntry("role", "developer");
    }

    @Test
    void capabilitiesAreFoundByTrying() {
        assertThat(TEXTS.acceptsSystem()).isTrue();
        assertThat(TEXTS.acceptsTools()).isFalse();
        ChatTemplate refuses = ChatTemplate.compile(
                "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ tools }}",
                null, null);
        assertThat(refuses.acceptsSystem()).isFalse();
        assertThat(refuses.acceptsTools()).isTrue();
    }
}
