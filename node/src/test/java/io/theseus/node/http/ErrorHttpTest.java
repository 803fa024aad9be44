package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.node.ServedModels;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ErrorHttpTest {
    private static ServerFixture shared;

    @BeforeAll
    static void start() {
        shared = ServerFixture.completing(c -> c, request -> "hi");
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '`',
            value = {
                "`` | 400 | - | invalid_json",
                "not json | 400 | - | invalid_json",
                "[1] | 400 | - | invalid_json",
                "{\"prompt\":\"x\"} trailing | 400 | - | invalid_json",
                "{\"prompt\":\"x\",\"prompt\":\"y\"} | 400 | - | invalid_json",
                "{\"prompt\":\"x\",\"seed\":NaN} | 400 | - | invalid_json",
                "{} | 400 | prompt | missing_required_parameter",
                "{\"prompt\":null} | 400 | prompt | missing_required_parameter",
                "{\"prompt\":5} | 400 | prompt | invalid_type",
                "{\"prompt\":\"\"} | 400 | prompt | invalid_value",
                "{\"prompt\":[]} | 400 | prompt | invalid_value",
                "{\"prompt\":[1,\"a\"]} | 400 | prompt[1] | invalid_type",
                "{\"prompt\":[\"a\",1]} | 400 | prompt[1] | invalid_type",
                "{\"prompt\":[999]} | 400 | prompt[0] | invalid_value",
                "{\"prompt\":[-1]} | 400 | prompt[0] | invalid_value",
                "{\"prompt\":\"x\",\"model\":\"gpt-9\"} | 404 | model | model_not_found",
                "{\"prompt\":\"x\",\"model\":7} | 400 | model | invalid_type",
                "{\"prompt\":\"x\",\"temperature\":\"hot\"} | 400 | temperature | invalid_type",
                "{\"prompt\":\"x\",\"temperature\":3} | 400 | temperature | invalid_value",
                "{\"prompt\":\"x\",\"top_p\":-0.1} | 400 | top_p | invalid_value",
                "{\"prompt\":\"x\",\"n\":0} | 400 | n | invalid_value",
                "{\"prompt\":\"x\",\"n\":129} | 400 | n | invalid_value",
                "{\"prompt\":[\"x\",\"y\"],\"n\":100} | 400 | n | invalid_value",
                "{\"prompt\":\"x\",\"n\":1.5} | 400 | n | invalid_type",
                "{\"prompt\":\"x\",\"max_tokens\":-1} | 400 | max_tokens | invalid_value",
                "{\"prompt\":\"x\",\"seed\":99999999999999999999} | 400 | seed | invalid_type",
                "{\"prompt\":\"x\",\"stop\":[\"\"]} | 400 | stop[0] | invalid_value",
                "{\"prompt\":\"x\",\"stop\":5} | 400 | stop | invalid_type",
                "{\"prompt\":\"x\",\"stream\":\"yes\"} | 400 | stream | invalid_type",
                "{\"prompt\":\"x\",\"stream_options\":{}} | 400 | stream_options | invalid_value",
                "{\"prompt\":\"x\",\"logit_bias\":{\"a\":1}} | 400 | logit_bias | invalid_value",
                "{\"prompt\":\"x\",\"logit_bias\":{\"1\":101}} | 400 | logit_bias.1 | invalid_value",
                "{\"prompt\":\"x\",\"logit_bias\":{\"999\":1}} | 400 | logit_bias | invalid_value",
                "{\"prompt\":\"x\",\"logprobs\":21} | 400 | logprobs | invalid_value",
                "{\"prompt\":\"x\",\"stop_token_ids\":[[\"a\"]]} | 400 | stop_token_ids[0] | invalid_type",
                "{\"prompt\":\"x\",\"stop_token_ids\":5} | 400 | stop_token_ids | invalid_type",
                "{\"prompt\":\"x\",\"suffix\":\"y\"} | 400 | suffix | unsupported_value",
                "{\"prompt\":\"x\",\"best_of\":2} | 400 | best_of | unsupported_value",
                "{\"prompt\":\"x\",\"echo\":true,\"logprobs\":1} | 400 | echo | unsupported_value",
                "{\"prompt\":\"x\",\"grammar\":\"root\"} | 400 | grammar | unsupported_value",
                "{\"prompt\":\"x\",\"response_format\":{\"type\":\"json_object\"}} | 400 | response_format | unsupported_value"
            })
    void wrongRequestIsToldWhatIsWrong(String body, int status, String param, String code) throws Exception {
        HttpResponse<String> response = shared.post("/v1/completions", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = shared.json(response).get("error");
        assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
        assertThat(error.get("param").asStringOpt().orElse(null)).isEqualTo(param);
        assertThat(error.get("code").stringValue()).isEqualTo(code);
        assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\":\"x\",\"user\":\"me\",\"metadata\":{\"a\":\"b\"},\"store\":true,\"brand_new_field\":1}",
                "{\"prompt\":\"x\",\"temperature\":null,\"stop\":null,\"seed\":null,\"logit_bias\":null,\"suffix\":null}",
                "{\"prompt\":\"x\",\"max_tokens\":3.0,\"seed\":-9223372036854775808,\"top_k\":-1}",
                "{\"prompt\":\"\\ud83d broken\",\"stop\":\"\\udc00\"}",
                "{\"prompt\":\"x\",\"response_format\":{\"type\":\"text\"},\"guided_json\":null,\"use_beam_search\":false}"
            })
    void harmlessRequestIsAnswered(String body) throws Exception {
        HttpResponse<String> response = shared.post("/v1/completions", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        String deep = "{\"prompt\":" + "[".repeat(5000) + "]".repeat(5000) + "}";

        assertThat(shared.post("/v1/completions", deep).statusCode()).isEqualTo(400);
    }

    @Test
    void longNumbersAreRefused() throws Exception {
        assertThat(shared.post("/v1/completions", "{\"prompt\":\"x\",\"seed\":" + "9".repeat(100_000) + "}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void bodyIsReadWhateverItsTypeIsCalled() throws Exception {
        HttpResponse<String> response = shared.send(shared.request("/v1/completions")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"x\"}"))
                .build());

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void unknownPathAndMethodAreSaid() throws Exception {
        HttpResponse<String> nowhere = shared.get("/v2/anything");
        assertThat(nowhere.statusCode()).isEqualTo(404);
        assertThat(shared.json(nowhere).at("/error/code").stringValue()).isEqualTo("unknown_url");

        HttpResponse<String> wrong = shared.get("/v1/chat/completions");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).hasValue("POST");

        HttpResponse<String> deleted = shared.send(
                shared.request("/v1/models/" + ServerFixture.MODEL).DELETE().build());
        assertThat(deleted.statusCode()).isEqualTo(405);
        assertThat(deleted.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void promptThatFillsTheContextIsRefused() throws Exception {
        HttpResponse<String> response = shared.post("/v1/completions", "{\"prompt\":\"" + "x".repeat(512) + "\"}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(shared.json(response).at("/error/code").stringValue()).isEqualTo("context_length_exceeded");
        assertThat(shared.json(response).at("/error/message").stringValue()).contains("512");
    }

    @Test
    void busyEngineIsAStatusWithRetryAfter() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi")) {
            http.engine.refusal = TheseusException.busy("the queue is full", Duration.ofMillis(2500));
            for (String stream : new String[] {"false", "true"}) {
                HttpResponse<String> response =
                        http.post("/v1/completions", "{\"prompt\":\"x\",\"stream\":" + stream + "}");
                assertThat(response.statusCode()).isEqualTo(429);
                assertThat(response.headers().firstValue("retry-after")).hasValue("3");
                assertThat(http.json(response).at("/error/type").stringValue()).isEqualTo("rate_limit_error");
            }
        }
    }

    @Test
    void tooManyRequestsAtOnceAreRefused() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> Configs.maxRequests(c, 1), request -> "hi");
                RawClient first = new RawClient(http.address())) {
            http.engine.held = true;
            first.post("/v1/completions", "{\"prompt\":\"x\"}");
            Awaitility.await().until(() -> !http.engine.generations.isEmpty());

            assertThat(http.post("/v1/completions", "{\"prompt\":\"y\"}").statusCode())
                    .isEqualTo(429);

            http.engine.held = false;
            http.engine.generations.getFirst().release(10);
            first.readUntil("\"hi\"");
            assertThat(http.log.poll(10, TimeUnit.SECONDS)).isNotNull();
            Awaitility.await()
                    .until(() ->
                            http.post("/v1/completions", "{\"prompt\":\"y\"}").statusCode() == 200);
        }
    }

    @Test
    void failureBeforeTheFirstTokenIsAStatus() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "")) {
            http.engine.failureAfterFirst = new TheseusException(ErrorCode.NUMERIC_FAULT, "a logit is NaN");
            HttpResponse<String> response = http.post("/v1/completions", "{\"prompt\":\"x\",\"stream\":true}");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(http.json(response).at("/error/code").stringValue()).isEqualTo("numeric_fault");
        }
    }

    @Test
    void failureInMidStreamIsTheLastEvent() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "ab")) {
            http.engine.failureAfterFirst = new TheseusException(ErrorCode.NUMERIC_FAULT, "a logit is NaN");
            HttpResponse<String> response = http.post("/v1/completions", "{\"prompt\":\"x\",\"stream\":true}");

            assertThat(response.statusCode()).isEqualTo(200);
            List<String> events = http.events(response);
            assertThat(events).hasSize(2);
            assertThat(http.json(events.getLast()).at("/error/code").stringValue())
                    .isEqualTo("numeric_fault");
        }
    }

    @Test
    void passedDeadlineIs504() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "ab")) {
            http.engine.forcedReason = FinishReason.DEADLINE;

            assertThat(http.post("/v1/completions", "{\"prompt\":\"x\"}").statusCode())
                    .isEqualTo(504);
        }
    }

    @Test
    void runningAnswersEndClearlyAtShutdown() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "never complete");
                RawClient streaming = new RawClient(http.address());
                RawClient waiting = new RawClient(http.address())) {
            http.engine.held = true;
            streaming.post("/v1/completions", "{\"prompt\":\"x\",\"stream\":true}");
            waiting.post("/v1/completions", "{\"prompt\":\"y\"}");
            Awaitility.await().until(() -> http.engine.generations.size() == 2);
            http.engine.generations.getFirst().release(2);
            http.engine.generations.getLast().release(2);
            streaming.readUntil(": keep-alive");

            http.server.stop(Duration.ofSeconds(1));

            assertThat(streaming.readAll())
                    .contains("\"code\":\"shutting_down\"")
                    .doesNotContain("[DONE]");
            assertThat(waiting.readAll()).startsWith("HTTP/1.1 503 ").contains("\"code\":\"shutting_down\"");
        }
    }

    @Test
    void nodeThatLoadsOrFailedSaysSo() throws Exception {
        ServedModels models = ServedModels.loading();
        try (HttpServer server = HttpServer.start(
                        HttpConfig.local(0), models, entry -> {}, InstantSource.fixed(ServerFixture.NOW));
                RawClient client = new RawClient(server.address())) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readUntil("}")).startsWith("HTTP/1.1 503 ").contains("\"loading\"");
            client.post("/v1/completions", "{\"prompt\":\"x\"}");
            assertThat(client.readUntil("}}")).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: 2");
            models.failed("the model file is truncated");
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readUntil("}")).startsWith("HTTP/1.1 503 ").contains("unhealthy", "truncated");
        }
    }

    @Test
    void portInUseIsToldWithTheWayOut() {
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        TheseusException.class,
                        () -> HttpServer.start(
                                HttpConfig.local(shared.server.port()),
                                ServedModels.loading(),
                                entry -> {},
                                InstantSource.fixed(ServerFixture.NOW))))
                .hasMessageContaining(":" + shared.server.port())
                .hasMessageContaining("--port")
                .extracting(TheseusException::code)
                .isEqualTo(ErrorCode.BAD_INPUT);
    }
}
