package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.upstream.Frame.Form;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Answers in either form, and repeated as if they came. */
class UpstreamAnswerTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static UpstreamAnswer read(String text) {
        return UpstreamAnswer.read(bytes(text)).orElseThrow();
    }

    private static String stream(String... data) {
        return "data: " + String.join("\n\ndata: ", data) + "\n\n";
    }

    private static JsonNode json(byte[] bytes) {
        return UpstreamJson.object(bytes).orElseThrow();
    }

    static Stream<String> messages() {
        String plain = FakeUpstream.message("Hello 😀");
        return Stream.of(
                plain,
                plain.replace("\"usage\"", "\"system_fingerprint\":\"fp\",\"x\":[1.0],\"usage\""),
                plain.replace("\"content\"", "\"reasoning_content\":\"hm\",\"content\""),
                plain.replace(
                        "\"content\":\"Hello 😀\"",
                        "\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":"
                                + "{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"b\",\"type\":\"function\",\"function\":"
                                + "{\"name\":\"g\",\"arguments\":\"[1]\"}}]"),
                plain.replace(
                        "\"finish_reason\"",
                        "\"logprobs\":{\"content\":[{\"token\":\"H\",\"logprob\":-0.1,\"top_logprobs\":[]}]},\"finish_reason\""),
                plain.replace(
                        "}],\"usage\"",
                        "},{\"index\":1,\"message\":{\"role\":\"assistant\",\"content\":\"Two\"},\"finish_reason\":\"length\"}],"
                                + "\"usage\""),
                "{\"id\":\"t\",\"object\":\"text_completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"text\":\" Paris\","
                        + "\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}");
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageStreamedAndPutTogetherAgainIsTheSame(String message) {
        UpstreamAnswer streamed =
                UpstreamAnswer.read(read(message).events(true, false)).orElseThrow();
        assertThat(streamed.streamed()).isTrue();
        assertThat(json(streamed.message(false))).isEqualTo(json(bytes(message)));
        assertThat(streamed.text()).isEqualTo(read(message).text());
        assertThat(streamed.finishReason()).isEqualTo(read(message).finishReason());
        AnswerCheck check = new AnswerCheck(message.contains("\"index\":1") ? 2 : 1);
        streamed.pieces().forEach(check::event);
        assertThat(check.complete()).isTrue();
        assertThat(new String(read(message).events(false, false), StandardCharsets.UTF_8))
                .doesNotContain("usage")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void inItsOwnFormItIsTheSameBytes() {
        String message = FakeUpstream.message("Hello").replace(",", " ,\n ");
        assertThat(read(message).message(false)).isEqualTo(bytes(message));
        String uncounted = message.replaceAll("(?s),\\s*\"usage\".*", "}");
        assertThat(read(uncounted).message(true)).isEqualTo(bytes(uncounted));
        String events = ": hi\r\n\r\n" + stream(FakeUpstream.chunks("Hello")).replace("\"created\"", " \"created\"");
        assertThat(read(events).events(true, false)).isEqualTo(bytes(events));
    }

    @Test
    void aRememberedOneSaysThatItsPromptCostNothing() {
        JsonNode message = json(read(FakeUpstream.message("Hello")).message(true));
        assertThat(message.at("/usage/prompt_tokens_details/cached_tokens").intValue())
                .isEqualTo(7);
        String details = FakeUpstream.message("x")
                .replace(
                        "\"prompt_tokens\":7",
                        "\"prompt_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":1,\"audio_tokens\":0}");
        assertThat(json(read(details).message(true)).at("/usage/prompt_tokens_details"))
                .isEqualTo(json(bytes("{\"cached_tokens\":7,\"audio_tokens\":0}")));
    }

    @Test
    void countsInTheLastPartOfAChoiceStayThere() {
        String last = FakeUpstream.delta("{}", "\"stop\"")
                .replace("\"choices\"", "\"usage\":{\"prompt_tokens\":3},\"choices\"");
        String events = stream(FakeUpstream.delta("{\"content\":\"a\"}", "null"), last, "[DONE]");
        assertThat(read(events).promptTokens()).isEqualTo(3);
        assertThat(new String(read(events).events(false, true), StandardCharsets.UTF_8))
                .contains("\"finish_reason\":\"stop\"", "\"cached_tokens\":3");
    }

    @Test
    void nonsenseIsNoAnswer() {
        assertThat(UpstreamAnswer.read(new byte[0])).isEmpty();
        assertThat(UpstreamAnswer.read(bytes("[1]"))).isEmpty();
        assertThat(UpstreamAnswer.read(bytes("data: {\"a\":1}"))).isEmpty();
    }

    @Test
    void aRepeatedAnswerComesAsItCameAtFirst() {
        String events = stream(FakeUpstream.chunks("Hello"));
        List<Frame> frames = frames(new RepeatedAnswer(read(events)));
        assertThat(frames.getFirst())
                .isInstanceOfSatisfying(
                        Frame.Head.class, head -> assertThat(head.form()).isEqualTo(Form.EVENTS));
        StringBuilder all = new StringBuilder();
        List<Boolean> counts = new ArrayList<>();
        for (Frame frame : frames) {
            if (frame instanceof Frame.Part(byte[] bytes, boolean usage)) {
                all.append(new String(bytes, StandardCharsets.UTF_8));
                counts.add(usage);
            }
        }
        assertThat(counts).containsExactly(false, false, false, false, true);
        assertThat(frames.getLast()).isInstanceOfSatisfying(Frame.End.class, end -> {
            assertThat(end.answer()).isTrue();
            assertThat(all + new String(end.rest(), StandardCharsets.UTF_8)).isEqualTo(events);
        });

        String message = FakeUpstream.message("Hello");
        List<Frame> whole = frames(new RepeatedAnswer(read(message)));
        assertThat(whole).hasSize(2);
        assertThat(((Frame.End) whole.getLast()).rest()).isEqualTo(bytes(message));
        RepeatedAnswer left = new RepeatedAnswer(read(message));
        left.cancel();
        assertThat(left.poll(0)).isNull();
    }

    private static List<Frame> frames(RepeatedAnswer answer) {
        List<Frame> frames = new ArrayList<>();
        for (Frame frame = answer.poll(0); frame != null; frame = answer.poll(0)) {
            frames.add(frame);
        }
        return frames;
    }
}
