package io.theseus.engine.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Some 900 small templates against what Python's jinja2 3.1.6 makes of them; src/test/python/jinja_constructs.py says
 * how.
 */
class JinjaConstructsTest {
    private static final Instant NOW = Instant.parse("2024-02-05T09:07:03.000045Z");

    /** Where this evaluator differs and why that is better than following. */
    private static final Map<String, String> INTENTIONAL = Map.of(
            "{{ undefinedvar() }}", "a function that nothing defines is refused when the model loads",
            "{{ s() }}", "as above: a variable given from outside is never a function",
            "{{ d() }}", "as above",
            "{{ n() }}", "as above",
            "{{ \"aaa\".replace(\"a\", \"b\", count=1) }}", "Python has accepted the keyword since 3.13");

    @Test
    void agreesWithJinja2OnEveryConstruct() throws IOException {
        List<Map<?, ?>> lines = lines();
        @SuppressWarnings("unchecked")
        Map<String, Object> variables = (Map<String, Object>) lines.getFirst().get("variables");
        List<String> failures = new ArrayList<>();
        for (Map<?, ?> line : lines.subList(1, lines.size())) {
            String template = (String) line.get("template");
            if (INTENTIONAL.containsKey(template)) {
                continue;
            }
            String expected = line.containsKey("output")
                    ? "<" + line.get("output") + ">"
                    : line.containsKey("error")
                            ? "error " + line.get("error") + ": " + line.get("message")
                            : "syntax error";
            String actual = outcome(template, variables, line);
            if (!actual.equals(expected)) {
                failures.add(template + "\n  Python: " + expected + "\n  here:   " + actual);
            }
        }
        assertThat(lines).hasSizeGreaterThan(800);
        assertThat(failures).isEmpty();
    }

    /** What rendering gives, in the words of the golden file; errors of the same class count as the same. */
    private static String outcome(String template, Map<String, Object> variables, Map<?, ?> line) {
        ChatTemplate compiled;
        try {
            compiled = ChatTemplate.compile(template, null, null);
        } catch (TheseusException fault) {
            return fault.code() == ErrorCode.MODEL_INVALID ? "syntax error" : fault.toString();
        }
        try {
            return "<" + compiled.render(new ChatInput(List.of(), List.of(), variables, false, false, NOW)) + ">";
        } catch (TheseusException fault) {
            String error = String.valueOf(line.get("error"));
            boolean raised = error.equals("TemplateError") && fault.getMessage().equals(line.get("message"));
            boolean sameClass = fault.getMessage().contains(": " + error + ": ");
            return fault.code() == ErrorCode.BAD_INPUT && (raised || sameClass)
                    ? "error " + error + ": " + line.get("message")
                    : fault.toString();
        }
    }

    private static List<Map<?, ?>> lines() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(JinjaConstructsTest.class.getResourceAsStream("jinja_constructs.jsonl")),
                StandardCharsets.UTF_8))) {
            List<Map<?, ?>> lines = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add((Map<?, ?>) Json.read(line));
            }
            return lines;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '^',
            value = {
                "{{ x|xmlattr }} ^ the filter 'xmlattr'",
                "{{ x is wobbly }} ^ the test 'wobbly'",
                "{{ wobble(x) }} ^ the function wobble()",
                "{{ x.encode() }} ^ the method encode()",
                "{% include 'x' %} ^ the tag 'include'",
                "{% do x %} ^ the tag 'do'",
                "{{ x|map('wobble')|list }} ^ the filter 'wobble'",
                "{{ x|selectattr('a', 'wobble')|list }} ^ the test 'wobble'",
                "{{ x[1:2, 3] }} ^ a slice of several dimensions",
            })
    void refusesAnUnknownConstructWhenTheModelLoads(String template, String construct) {
        assertThatThrownBy(() -> ChatTemplate.compile("\n\n" + template, null, null))
                .isInstanceOfSatisfying(
                        TheseusException.class,
                        fault -> assertThat(fault.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED))
                .hasMessageContaining("line 3: " + construct + " is not supported");
    }
}
