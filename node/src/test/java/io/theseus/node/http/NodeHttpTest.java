package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NodeHttpTest {
    @Test
    void namesItsModels() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi")) {
            JsonNode list = http.json(http.get("/v1/models"));
            assertThat(list.at("/object").stringValue()).isEqualTo("list");
            assertThat(list.at("/data/0/id").stringValue()).isEqualTo(ServerFixture.MODEL);
            assertThat(list.at("/data/0/created").longValue()).isEqualTo(1_700_000_000);

            assertThat(http.json(http.get("/v1/models/" + ServerFixture.MODEL))
                            .at("/object")
                            .stringValue())
                    .isEqualTo("model");
            assertThat(http.get("/v1/models/other").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void tellsItsHealth() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi")) {
            assertThat(http.get("/health").body()).isEqualTo("{\"status\":\"ready\"}");
            HttpResponse<String> head = http.send(http.request("/health")
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build());
            assertThat(head.statusCode()).isEqualTo(200);

            http.engine.healthy = false;
            assertThat(http.get("/health").statusCode()).isEqualTo(503);
            http.engine.healthy = true;
            http.models.stopping();
            assertThat(http.get("/health").body()).contains("stopping");
        }
    }

    @Test
    void tokenizesAndBack() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi")) {
            JsonNode tokens = http.json(http.post("/tokenize", "{\"content\":\"hé<|im_end|>\"}"));
            assertThat(tokens.at("/count").intValue()).isEqualTo(13);
            assertThat(tokens.at("/tokens/1").intValue()).isEqualTo(0xC3);
            JsonNode special = http.json(
                    http.post("/tokenize", "{\"prompt\":\"h<|im_end|>\",\"parse_special\":true,\"with_pieces\":true}"));
            assertThat(special.at("/tokens/1/id").intValue()).isEqualTo(FakeTokenizer.END);
            assertThat(special.at("/tokens/1/piece").stringValue()).isEqualTo("<|im_end|>");

            JsonNode text = http.json(http.post("/detokenize", "{\"tokens\":[104,195,169,257]}"));
            assertThat(text.at("/content").stringValue()).isEqualTo("hé<|im_end|>");
            assertThat(http.post("/detokenize", "{\"tokens\":[5000]}").statusCode())
                    .isEqualTo(400);
            assertThat(http.post("/tokenize", "{}").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void countsWhatItDoes() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi there")) {
            http.post("/v1/completions", "{\"prompt\":\"x\"}");
            http.post("/v1/completions", "{}");
            http.get("/nothing/here");
            for (int i = 0; i < 3; i++) {
                assertThat(http.log.take()).isNotNull();
            }

            HttpResponse<String> response = http.get("/metrics");

            assertThat(response.headers().firstValue("content-type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(response.body())
                    .contains(
                            "theseus_http_requests_total{route=\"/v1/completions\",method=\"POST\",status=\"200\"} 1\n",
                            "theseus_http_requests_total{route=\"/v1/completions\",method=\"POST\",status=\"400\"} 1\n",
                            "theseus_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"} 1\n",
                            "theseus_http_requests_in_flight 1\n",
                            "theseus_time_to_first_token_seconds_count 1\n",
                            "theseus_inter_token_latency_seconds_count 7\n",
                            "theseus_kv_blocks_used{model=\"fake-model\"} 3\n",
                            "theseus_kv_blocks_total{model=\"fake-model\"} 40\n",
                            "theseus_generated_tokens_total{model=\"fake-model\"} 700\n");
            assertThat(response.body().lines())
                    .allMatch(line -> line.startsWith("# ")
                            || line.matches("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.E+-]+"));
        }
    }

    @Test
    void fiftyStreamsAtOnceGetTheirOwnAnswers() throws Exception {
        try (ServerFixture http = ServerFixture.completing(
                        c -> c, request -> new String(request.prompt(), 0, request.prompt().length).repeat(20));
                var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String prompt = "<" + i + ">";
                tasks.add(() -> {
                    StringBuilder text = new StringBuilder();
                    HttpResponse<String> response = http.post(
                            "/v1/completions", "{\"prompt\":\"" + prompt + "\",\"stream\":true,\"max_tokens\":400}");
                    List<String> events = http.events(response);
                    assertThat(events.getLast()).isEqualTo("[DONE]");
                    for (String event : events.subList(0, events.size() - 1)) {
                        text.append(http.json(event).at("/choices/0/text").stringValue());
                    }
                    assertThat(text).hasToString(prompt.repeat(20));
                    return prompt;
                });
            }
            List<Future<String>> done = pool.invokeAll(tasks);
            for (Future<String> task : done) {
                assertThat(task.get()).startsWith("<");
            }
            assertThat(http.engine.requests).hasSize(50);
        }
    }
}
