package io.theseus.engine.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.TheseusException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** No template and no conversation makes the evaluator fail in another way than with a TheseusException, or hang. */
class TemplateFuzz {
    @FuzzTest
    void anySourceEitherRendersOrSaysWhyNot(FuzzedDataProvider data) {
        Object variables = null;
        try {
            variables = Json.read(data.consumeString(200));
        } catch (TheseusException notJson) {
            assertThat(notJson.getMessage()).isNotEmpty();
        }
        attempt(data.consumeRemainingAsString(), variables);
    }

    /** Splices and mutates pieces of the known constructs, which reach further than random characters do. */
    @Test
    void mutatedConstructsEitherRenderOrSayWhyNot() throws IOException {
        List<String> templates = new ArrayList<>();
        Object variables = null;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(TemplateFuzz.class.getResourceAsStream("jinja_constructs.jsonl")),
                StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                Map<?, ?> line = (Map<?, ?>) Json.read(text);
                if (line.get("template") instanceof String template) {
                    templates.add(template);
                } else {
                    variables = line.get("variables");
                }
            }
        }
        Object given = variables;
        for (long seed = 0; seed < 8_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String template = mutate(
                    templates.get(random.nextInt(templates.size())),
                    templates.get(random.nextInt(templates.size())),
                    random);
            try {
                Assertions.assertTimeout(Duration.ofSeconds(20), () -> attempt(template, given));
            } catch (RuntimeException | Error fault) {
                throw new AssertionError("seed " + seed + ", template <" + template + ">", fault);
            }
        }
    }

    private static String mutate(String a, String b, SplittableRandom random) {
        StringBuilder text = new StringBuilder(a);
        for (int n = random.nextInt(4); n >= 0; n--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(6));
            int from = random.nextInt(b.length() + 1);
            int to = Math.min(b.length(), from + random.nextInt(12));
            switch (random.nextInt(3)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, b, from, to);
                default -> text.replace(at, end, b.substring(from, to));
            }
        }
        return text.toString();
    }

    @SuppressWarnings("unchecked")
    private static void attempt(String source, Object variables) {
        try {
            ChatTemplate template = ChatTemplate.compile(source, "<s>", null);
            Map<String, Object> given = variables instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
            List<Map<String, Object>> messages = List.of(Map.of("role", "user", "content", "Hi"));
            String text = template.render(new ChatInput(messages, List.of(), given, true, false, Instant.EPOCH));
            assertThat(text.length()).isLessThanOrEqualTo(Work.MAX_TEXT);
        } catch (TheseusException expected) {
            assertThat(expected.getMessage()).isNotNull();
        }
    }
}
