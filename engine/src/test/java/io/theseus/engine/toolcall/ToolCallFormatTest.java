package io.theseus.engine.toolcall;

import static io.theseus.engine.toolcall.Answers.GRANITE;
import static io.theseus.engine.toolcall.Answers.HERMES;
import static io.theseus.engine.toolcall.Answers.LLAMA;
import static io.theseus.engine.toolcall.Answers.MISTRAL;
import static io.theseus.engine.toolcall.Answers.PLAIN;
import static io.theseus.engine.toolcall.Answers.UNKNOWN;
import static io.theseus.engine.toolcall.Answers.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallFormatTest {
    @Test
    void readsHermesCalls() {
        assertThat(
                        parse(
                                HERMES,
                                "<tool_call>\n{\"name\": \"get\", \"arguments\": {\"city\": \"Zürich\", \"n\": 2}}\n</tool_call>"))
                .containsExactly("0:get({\"city\": \"Zürich\", \"n\": 2})");
        assertThat(
                        parse(
                                HERMES,
                                "I look.\n<tool_call>{\"name\":\"a\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"b\"}</tool_call>\n"))
                .containsExactly("I look.", "0:a({})", "1:b({})");
        assertThat(parse(HERMES, "<tool_call>{\"name\":\"a\",\"arguments\":\"{\\\"x\\\":1}\"}</tool_call> done."))
                .containsExactly("0:a({\"x\": 1})", "done.");
    }

    @Test
    void aTagInsideAnArgumentDoesNotEndTheCall() {
        assertThat(parse(
                        HERMES,
                        "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\":\"</tool_call> } ] \\\" {\"}}</tool_call>"))
                .containsExactly("0:a({\"x\": \"</tool_call> } ] \\\" {\"})");
    }

    @Test
    void forgivesAMissingClosingTagAndABraceTooMany() {
        assertThat(parse(HERMES, "<tool_call>{\"name\":\"a\",\"arguments\":{}}"))
                .containsExactly("0:a({})");
        assertThat(parse(HERMES, "<tool_call>{\"name\":\"a\",\"arguments\":{}}</tool_"))
                .containsExactly("0:a({})");
        assertThat(parse(HERMES, "<tool_call>{\"name\":\"a\",\"arguments\":{}}}\n</tool_call>!"))
                .containsExactly("0:a({})", "!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tool_call>not json</tool_call> rest",
                "<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": }</tool_call>",
                "<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": 1}",
                "<tool_call>{\"name\": 5, \"arguments\": {}}</tool_call>",
                "<tool_call>{\"name\": \"a\", \"arguments\": [1]}</tool_call>",
                "<tool_call>[]</tool_call>",
                "<tool_call>",
                "<tool_call><function=></function></tool_call>",
                "a < b and <tool_cal> \n ",
                "  leading and trailing  \n",
                "{\"name\": \"x\"} is JSON",
            })
    void whatIsNoCallIsTextAndNothingIsLost(String answer) {
        assertThat(parse(HERMES, answer)).containsExactly(answer);
    }

    @Test
    void aBrokenCallDoesNotHideTheNextOne() {
        assertThat(parse(HERMES, "<tool_call>{oops}</tool_call><tool_call>{\"name\":\"b\"}</tool_call>"))
                .containsExactly("<tool_call>{oops}</tool_call>", "0:b({})");
    }

    @Test
    void readsTagsWithTheTypesOfTheTool() {
        List<Map<String, Object>> tools = List.of(Map.of(
                "type",
                "function",
                "function",
                Map.of(
                        "name",
                        "f",
                        "parameters",
                        Map.of(
                                "properties",
                                Map.of("zip", Map.of("type", "string"), "n", Map.of("type", "integer"))))));
        String xml = "<tool_call>\n<function=f>\n<parameter=zip>\n01234\n</parameter>\n<parameter=n>\n5\n</parameter>\n"
                + "<parameter=l>\n[1, \"x\"]\n</parameter>\n<parameter=code>\na\n  b<c\n</parameter>\n</function>\n</tool_call>";
        assertThat(parse(HERMES, tools, xml))
                .containsExactly("0:f({\"zip\": \"01234\", \"n\": 5, \"l\": [1, \"x\"], \"code\": \"a\\n  b<c\"})");
        String glm = "<tool_call>f\n<arg_key>zip</arg_key>\n<arg_value>99</arg_value>\n<arg_key>n</arg_key>"
                + "<arg_value>7</arg_value>\n</tool_call>";
        assertThat(parse(HERMES, tools, glm)).containsExactly("0:f({\"zip\": \"99\", \"n\": 7})");
    }

    @Test
    void readsMistralCallsOfBothKinds() {
        assertThat(
                        parse(
                                MISTRAL,
                                "[TOOL_CALLS][{\"name\": \"a\", \"arguments\": {\"x\": 1}}, {\"name\": \"b\", \"arguments\": {}}]"))
                .containsExactly("0:a({\"x\": 1})", "1:b({})");
        assertThat(parse(MISTRAL, "[TOOL_CALLS]a[ARGS]{\"x\": 1}[TOOL_CALLS]b[CALL_ID]abcdefghi[ARGS]{}"))
                .containsExactly("0:a({\"x\": 1})", "1:b({})");
        assertThat(parse(MISTRAL, "[TOOL_CALLS]a{\"x\": 1}")).containsExactly("0:a({\"x\": 1})");
        assertThat(parse(MISTRAL, "[TOOL_CALLS] none of it")).containsExactly("[TOOL_CALLS] none of it");
        assertThat(MISTRAL.needsControlTokens()).isTrue();
    }

    @Test
    void readsLlamaCallsWithAndWithoutTheTag() {
        assertThat(parse(LLAMA, "{\"name\": \"get\", \"parameters\": {\"city\": \"Bern\"}}"))
                .containsExactly("0:get({\"city\": \"Bern\"})");
        assertThat(parse(
                        LLAMA,
                        "<|python_tag|>{\"name\": \"a\", \"parameters\": {}}; {\"name\": \"b\", \"parameters\": {}}"))
                .containsExactly("0:a({})", "1:b({})");
        assertThat(parse(LLAMA, "{\"type\": \"function\", \"name\": \"a\", \"parameters\": {\"s\": null}}"))
                .containsExactly("0:a({\"s\": null})");
        assertThat(parse(LLAMA, "{\"type\":\"function\",\"function\":{\"name\":\"a\",\"parameters\":{}}}"))
                .containsExactly("0:a({})");
    }

    @Test
    void aJsonAnswerThatIsNoCallIsText() {
        assertThat(parse(LLAMA, "{\"capital\": \"Paris\"}")).containsExactly("{\"capital\": \"Paris\"}");
        assertThat(parse(LLAMA, "{\"name\": \"Paris\"}")).containsExactly("{\"name\": \"Paris\"}");
        assertThat(parse(LLAMA, "Use {\"name\": \"a\", \"parameters\": {}}"))
                .containsExactly("Use {\"name\": \"a\", \"parameters\": {}}");
    }

    @Test
    void aJsonAnswerThatIsNoCallStreamsAsSoonAsThatIsCertain() {
        AnswerParser parser = LLAMA.parser(true, "", new SplittableRandom(1));
        assertThat(parser.accept("{\"cap")).containsExactly(new AnswerPart.Text("{"), new AnswerPart.Text("\"cap"));
        assertThat(parser.accept("ital")).containsExactly(new AnswerPart.Text("ital"));
    }

    @Test
    void readsGraniteAndUnknownFamilies() {
        assertThat(parse(GRANITE, "<|tool_call|>[{\"name\": \"a\", \"arguments\": {}}]"))
                .containsExactly("0:a({})");
        assertThat(parse(UNKNOWN, "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>"))
                .containsExactly("0:a({})");
        assertThat(parse(UNKNOWN, "{\"name\": \"a\", \"arguments\": {}}")).containsExactly("0:a({})");
    }

    @Test
    void withoutToolsEverythingIsText() {
        String call = "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>";
        assertThat(parse(HERMES.parser(false, "", new SplittableRandom(1)), call))
                .containsExactly(call);
        assertThat(PLAIN.needsControlTokens()).isFalse();
    }

    @Test
    void separatesReasoning() {
        assertThat(parse(HERMES, "<think>\nEasy: 2.\n\nSure.\n</think>\n\n2"))
                .containsExactly("think:Easy: 2.\n\nSure.", "2");
        assertThat(parse(HERMES, "<think>\n\n</think>\n\n2")).containsExactly("2");
        assertThat(parse(HERMES, "<think>\nstill thinking")).containsExactly("think:still thinking");
        assertThat(parse(HERMES, "no <think>x</think>")).containsExactly("no <think>x</think>");
        assertThat(parse(HERMES, "<think>use it</think><tool_call>{\"name\":\"a\"}</tool_call>"))
                .containsExactly("think:use it", "0:a({})");
    }

    @Test
    void reasoningMayBeginInThePrompt() {
        AnswerParser parser = HERMES.parser(false, "<|im_start|>assistant\n<think>\n", new SplittableRandom(1));
        assertThat(parse(parser, "Hmm.\n</think>\n\nYes.")).containsExactly("think:Hmm.", "Yes.");
        AnswerParser closed = HERMES.parser(false, "<think>\n\n</think>\n\n", new SplittableRandom(1));
        assertThat(parse(closed, "Yes.")).containsExactly("Yes.");
    }

    @Test
    void idsHaveTheFormTheFamilyInsistsOn() {
        AnswerPart hermes = HERMES.parser(true, "", new SplittableRandom(1))
                .accept("<tool_call>{\"name\":\"a\"}</tool_call>")
                .getFirst();
        assertThat(((AnswerPart.ToolCall) hermes).id()).matches("call_[0-9A-Za-z]{24}");
        AnswerPart mistral = MISTRAL.parser(true, "", new SplittableRandom(1))
                .accept("[TOOL_CALLS][{\"name\":\"a\"}]")
                .getFirst();
        assertThat(((AnswerPart.ToolCall) mistral).id()).matches("[0-9A-Za-z]{9}");
    }
}
