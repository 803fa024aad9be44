package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.upstream.AnswerCheck.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerCheckTest {
    private static byte[] event(String data) {
        return ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private static AnswerCheck after(int choices, String... data) {
        AnswerCheck check = new AnswerCheck(choices);
        for (String one : data) {
            check.event(event(one));
        }
        return check;
    }

    private static AnswerCheck message(int choices, String json) {
        AnswerCheck check = new AnswerCheck(choices);
        check.message(UpstreamJson.object(json).orElseThrow());
        return check;
    }

    @Test
    void tellsEventsApart() {
        AnswerCheck check = new AnswerCheck(1);
        assertThat(check.event(": hello\n\n".getBytes(StandardCharsets.UTF_8))).isEqualTo(Kind.PART);
        assertThat(check.event(event(FakeUpstream.chunks("Hi")[0]))).isEqualTo(Kind.PART);
        assertThat(check.event(event("{\"choices\":[],\"usage\":{\"prompt_tokens\":1}}")))
                .isEqualTo(Kind.USAGE);
        assertThat(check.event(event("{\"choices\":[],\"usage\":null}"))).isEqualTo(Kind.PART);
        assertThat(check.event(event("{\"choices\":[{\"index\":0}],\"usage\":{}}")))
                .isEqualTo(Kind.PART);
        assertThat(check.event(event(" [DONE] "))).isEqualTo(Kind.DONE);
        assertThat(check.event(event("[1]"))).isEqualTo(Kind.INVALID);
        assertThat(check.event(event("{\"error\":\"x\"}"))).isEqualTo(Kind.ERROR);
    }

    @Test
    void aStreamIsCompleteWithAllReasonsAndItsEnd() {
        String stop = FakeUpstream.delta("{}", "\"stop\"");
        String part = FakeUpstream.delta("{\"content\":\"a\"}", "null");
        assertThat(after(1, part, stop, "[DONE]").complete()).isTrue();
        assertThat(after(1, part, stop).complete()).isFalse();
        assertThat(after(1, part, stop).finished()).isTrue();
        assertThat(after(1, part, "[DONE]").complete()).isFalse();
        assertThat(after(2, part, stop, "[DONE]").complete()).isFalse();
        String second = part.replace("\"index\":0", "\"index\":1");
        assertThat(after(2, part, stop, second, "[DONE]").complete()).isFalse();
        assertThat(after(2, part, stop, second, stop.replace("\"index\":0", "\"index\":1"), "[DONE]")
                        .complete())
                .isTrue();
    }

    @Test
    void faultsAndOtherReasonsSpoilIt() {
        String stop = FakeUpstream.delta("{}", "\"stop\"");
        assertThat(after(1, "{\"error\":{}}", stop, "[DONE]").complete()).isFalse();
        assertThat(after(1, "{nope", stop, "[DONE]").complete()).isFalse();
        for (String reason : new String[] {"abort", "error", "content_filter", "", "Stop"}) {
            assertThat(after(1, stop.replace("\"stop\"", "\"" + reason + "\""), "[DONE]")
                            .complete())
                    .as(reason)
                    .isFalse();
        }
        for (String reason : new String[] {"stop", "length", "tool_calls", "eos"}) {
            assertThat(after(1, stop.replace("\"stop\"", "\"" + reason + "\""), "[DONE]")
                            .complete())
                    .as(reason)
                    .isTrue();
        }
    }

    @Test
    void bytesThatAreNoTextAreNotRemembered() {
        byte[] torn = event(FakeUpstream.delta("{\"content\":\"?\"}", "null"));
        torn[new String(torn, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xC3;
        AnswerCheck check = new AnswerCheck(1);
        assertThat(check.event(torn)).isEqualTo(Kind.PART);
        check.event(event(FakeUpstream.delta("{}", "\"stop\"")));
        check.event(event("[DONE]"));
        assertThat(check.complete()).isFalse();
    }

    @Test
    void aMessageIsCompleteWithAllReasons() {
        String good = FakeUpstream.message("Hi");
        assertThat(message(1, good).complete()).isTrue();
        assertThat(message(2, good).complete()).isFalse();
        assertThat(message(1, good.replace("\"stop\"", "null")).complete()).isFalse();
        assertThat(message(1, good.replace("\"id\"", "\"error\":{},\"id\"")).complete())
                .isFalse();
        assertThat(message(1, "{\"choices\":[]}").complete()).isFalse();
    }
}
