package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.scheduler.GenerationRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CompletionHttpTest {
    @Test
    void answersWhole() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> " Paris.")) {
            HttpResponse<String> response = http.post(
                    "/v1/completions", "{\"model\":\"fake-model\",\"prompt\":\"The capital of France is\",\"seed\":7}");

            assertThat(response.statusCode()).isEqualTo(200);
            JsonNode body = http.json(response);
            assertThat(body.at("/object").stringValue()).isEqualTo("text_completion");
            assertThat(body.at("/choices/0/text").stringValue()).isEqualTo(" Paris.");
            assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
            assertThat(body.at("/choices/0/logprobs").isNull()).isTrue();
            assertThat(body.at("/created").longValue()).isEqualTo(ServerFixture.NOW.getEpochSecond());
            assertThat(body.at("/system_fingerprint").stringValue()).isEqualTo("fp_test");
            assertThat(body.at("/usage/prompt_tokens").intValue()).isEqualTo(24);
            assertThat(body.at("/usage/completion_tokens").intValue()).isEqualTo(8);
            assertThat(body.at("/usage/total_tokens").intValue()).isEqualTo(32);
            assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").intValue())
                    .isEqualTo(12);
            GenerationRequest asked = http.engine.requests.getFirst();
            assertThat(asked.maxTokens()).isEqualTo(16);
            assertThat(asked.sampling().seed()).isEqualTo(7);
            assertThat(asked.sampling().temperature()).isEqualTo(1f);
            RequestLog.Entry entry = http.log.take();
            assertThat(entry.line())
                    .contains(
                            "route=/v1/completions status=200 ",
                            "prompt_tokens=24 cached_tokens=12 completion_tokens=8")
                    .doesNotContain("France");
        }
    }

    @Test
    void streamsThenSaysDone() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "né 🙂")) {
            HttpResponse<String> response = http.post(
                    "/v1/completions",
                    "{\"prompt\":\"x\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"logprobs\":1}");

            assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            List<String> events = http.events(response);
            assertThat(events.getLast()).isEqualTo("[DONE]");
            List<JsonNode> chunks = events.subList(0, events.size() - 1).stream()
                    .map(http::json)
                    .toList();
            StringBuilder text = new StringBuilder();
            for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
                text.append(chunk.at("/choices/0/text").stringValue());
                assertThat(chunk.get("usage").isNull()).isTrue();
            }
            assertThat(text).hasToString("né 🙂");
            assertThat(chunks.get(chunks.size() - 2)
                            .at("/choices/0/finish_reason")
                            .stringValue())
                    .isEqualTo("stop");
            assertThat(chunks.getLast().at("/choices")).isEmpty();
            assertThat(chunks.getLast().at("/usage/completion_tokens").intValue())
                    .isEqualTo(9);
            // Three tokens were held back until the smiley's last byte: their log probabilities come with it.
            assertThat(chunks.get(3).at("/choices/0/logprobs/tokens")).hasSize(4);
        }
    }

    @Test
    void answersEachPromptNTimesInOrder() throws Exception {
        try (ServerFixture http = ServerFixture.completing(
                c -> c,
                request -> new String(request.prompt(), 0, request.prompt().length)
                        + request.sampling().seed())) {
            HttpResponse<String> response = http.post(
                    "/v1/completions",
                    "{\"prompt\":[\"a\",\"b\"],\"n\":2,\"seed\":5,\"max_tokens\":100,\"echo\":true}");

            JsonNode choices = http.json(response).get("choices");
            assertThat(choices).hasSize(4);
            long second = AnswerOptions.seed(5, 1);
            assertThat(choices.get(0).at("/text").stringValue()).isEqualTo("aa5");
            assertThat(choices.get(1).at("/text").stringValue()).isEqualTo("aa" + second);
            assertThat(choices.get(2).at("/text").stringValue()).isEqualTo("bb5");
            assertThat(choices.get(3).at("/text").stringValue()).isEqualTo("bb" + second);
            // Each prompt counts once, however many answers it gets.
            assertThat(http.json(response).at("/usage/prompt_tokens").intValue())
                    .isEqualTo(2);
        }
    }

    @Test
    void takesTokenIds() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "ok")) {
            assertThat(http.post("/v1/completions", "{\"prompt\":[104,105],\"max_tokens\":1}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(http.post("/v1/completions", "{\"prompt\":[[104,105],[106]]}")
                            .statusCode())
                    .isEqualTo(200);

            assertThat(http.engine.requests.get(0).prompt()).containsExactly(104, 105);
            assertThat(http.engine.requests.get(2).prompt()).containsExactly(106);
        }
    }

    @Test
    void readsSpecialTokensOnlyWhenAsked() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "ok")) {
            http.post("/v1/completions", "{\"prompt\":\"<|im_end|>\"}");
            http.post("/v1/completions", "{\"prompt\":\"<|im_end|>\",\"parse_special\":true}");

            assertThat(http.engine.requests.get(0).prompt()).hasSize(10).doesNotContain(FakeTokenizer.END);
            assertThat(http.engine.requests.get(1).prompt()).containsExactly(FakeTokenizer.END);
        }
    }

    @Test
    void givesLegacyLogprobs() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "ab")) {
            JsonNode body = http.json(http.post("/v1/completions", "{\"prompt\":\"x\",\"logprobs\":2}"));

            JsonNode logprobs = body.at("/choices/0/logprobs");
            assertThat(logprobs.at("/tokens/1").stringValue()).isEqualTo("b");
            assertThat(logprobs.at("/token_logprobs/0").doubleValue()).isEqualTo(-0.25);
            assertThat(logprobs.at("/top_logprobs/0/b").doubleValue()).isEqualTo(-0.5);
            assertThat(logprobs.at("/text_offset/1").intValue()).isEqualTo(1);
        }
    }
}
