package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DeltaMergeTest {
    private static ObjectNode json(String text) {
        return UpstreamJson.object(text).orElseThrow();
    }

    private static JsonNode merged(String... chunks) {
        DeltaMerge merge = new DeltaMerge();
        for (String chunk : chunks) {
            merge.add(json(chunk));
        }
        return merge.message();
    }

    @Test
    void textsGrowAndNamesDoNot() {
        JsonNode whole = merged(
                "{\"id\":\"a\",\"created\":1,\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\",\"reasoning_content\":\"h\"},\"finish_reason\":null}]}",
                "{\"id\":\"b\",\"created\":2,\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"x_late\":1.50,\"choices\":["
                        + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"lo\",\"reasoning_content\":\"m\"},"
                        + "\"finish_reason\":\"stop\",\"native_finish_reason\":\"STOP\"}],\"usage\":{\"prompt_tokens\":1}}",
                "{\"choices\":[{\"index\":0,\"delta\":{},\"native_finish_reason\":\"STOP\",\"finish_reason\":null}],\"usage\":null}");
        assertThat(whole)
                .isEqualTo(json(
                        "{\"id\":\"a\",\"created\":1,\"object\":\"chat.completion\",\"model\":\"m\",\"x_late\":1.50,"
                                + "\"usage\":{\"prompt_tokens\":1},\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                                + "\"content\":\"Hello\",\"reasoning_content\":\"hm\"},\"finish_reason\":\"stop\","
                                + "\"native_finish_reason\":\"STOP\"}]}"));
    }

    @Test
    void toolCallsGrowByTheirIndexAndWithoutOneAreWhole() {
        JsonNode message = merged(
                        FakeUpstream.delta(
                                "{\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\","
                                        + "\"arguments\":\"\"}}]}",
                                "null"),
                        FakeUpstream.delta(
                                "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}},"
                                        + "{\"index\":1,\"function\":{\"arguments\":\"[]\"}}]}",
                                "null"),
                        FakeUpstream.delta(
                                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}",
                                "\"tool_calls\""))
                .at("/choices/0/message");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.at("/role").stringValue()).isEqualTo("assistant");
        assertThat(message.at("/tool_calls"))
                .isEqualTo(
                        json("{\"l\":[{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"[]\"}},"
                                        + "{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}")
                                .path("l"));
        assertThat(merged(
                                FakeUpstream.delta("{\"tool_calls\":[{\"id\":\"a\"}]}", "null"),
                                FakeUpstream.delta("{\"tool_calls\":[{\"id\":\"b\"}]}", "null"))
                        .at("/choices/0/message/tool_calls"))
                .hasSize(2);
    }

    @Test
    void likelihoodsAreAppended() {
        String chunk =
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"token\":\"a\","
                        + "\"logprob\":-0.10,\"bytes\":[97],\"top_logprobs\":[]}]}}]}";
        JsonNode choice = merged(chunk, chunk, "{\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null}]}")
                .at("/choices/0");
        assertThat(choice.at("/logprobs/content")).hasSize(2);
        assertThat(choice.at("/logprobs/content/1/logprob").decimalValue()).isEqualTo("-0.10");
        JsonNode text = merged(
                        "{\"choices\":[{\"index\":0,\"text\":\"a\",\"logprobs\":{\"tokens\":[\"a\"],\"text_offset\":[0]}}]}",
                        "{\"choices\":[{\"index\":0,\"text\":\"b\",\"logprobs\":{\"tokens\":[\"b\"],\"text_offset\":[1]},"
                                + "\"finish_reason\":\"stop\"}]}")
                .at("/choices/0");
        assertThat(text.path("text").stringValue()).isEqualTo("ab");
        assertThat(text.at("/logprobs/text_offset/1").intValue()).isEqualTo(1);
    }

    @Test
    void oddShapesAreNoFaults() {
        assertThat(merged("{}").path("choices")).isEmpty();
        assertThat(merged("{\"choices\":5}").path("choices")).isEmpty();
        assertThat(merged("{\"choices\":[1,null,{\"delta\":7},{\"delta\":null,\"index\":\"x\"}]}")
                        .path("choices"))
                .hasSize(1);
        assertThat(merged(
                                FakeUpstream.delta("{\"content\":{\"a\":1}}", "null"),
                                FakeUpstream.delta("{\"content\":\"b\"}", "null"))
                        .at("/choices/0/message/content")
                        .stringValue())
                .isEqualTo("b");
    }

    /** Several choices, interleaved, cut anywhere. */
    @Test
    void howItWasCutDoesNotMatter() {
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            String[] texts = new String[1 + random.nextInt(3)];
            int[] at = new int[texts.length];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = "né😀x ".repeat(1 + random.nextInt(5));
            }
            DeltaMerge merge = new DeltaMerge();
            for (int step = 0; step < 200; step++) {
                int i = random.nextInt(texts.length);
                int end = step > 150 ? texts[i].length() : Math.min(texts[i].length(), at[i] + random.nextInt(3));
                ObjectNode chunk = json("{\"choices\":[{\"index\":" + i + ",\"delta\":{}}]}");
                ((ObjectNode) chunk.at("/choices/0/delta")).put("content", texts[i].substring(at[i], end));
                merge.add(chunk);
                at[i] = end;
            }
            JsonNode choices = merge.message().path("choices");
            for (int i = 0; i < texts.length; i++) {
                for (JsonNode choice : choices) {
                    if (choice.path("index").intValue() == i) {
                        assertThat(choice.at("/message/content").stringValue())
                                .as("seed %d round %d", seed, round)
                                .isEqualTo(texts[i]);
                    }
                }
            }
            assertThat(choices).hasSize(texts.length);
        }
    }
}
