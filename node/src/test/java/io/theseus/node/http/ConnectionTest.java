package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {
    private static final String PATH = "/v1/completions";

    /** An answer of some 20 MB with 20,000 tokens. */
    private static final String MEGABYTES =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":true,\"logprobs\":true,\"top_logprobs\":20}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":\"x\"}",
                "{\"prompt\":\"x\",\"stream\":true}",
                "{\"prompt\":\"x\",\"n\":3}",
                "{\"prompt\":\"x\",\"n\":3,\"stream\":true}"
            })
    void clientThatLeavesStopsItsAnswers(String body) throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "never heard")) {
            http.engine.held = true;
            RawClient client = new RawClient(http.address());
            client.post(PATH, body);
            int answers = body.contains("\"n\":3") ? 3 : 1;
            Awaitility.await().until(() -> http.engine.generations.size() == answers);

            client.close();

            for (FakeEngine.Scripted generation : http.engine.generations) {
                assertThat(generation.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            }
            RequestLog.Entry entry = http.log.poll(10, TimeUnit.SECONDS);
            assertThat(entry).isNotNull();
            assertThat(entry.status()).isEqualTo(499);
            assertThat(entry.finish()).hasValue("client_gone");
            assertThat(http.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void clientThatLeavesInMidStreamIsNoticedWithoutAWrite() throws Exception {
        // An hour between keep-alive comments: only the closed connection itself can tell.
        try (ServerFixture http =
                ServerFixture.completing(c -> Configs.keepAlive(c, Duration.ofHours(1)), request -> "never heard")) {
            http.engine.held = true;
            RawClient client = new RawClient(http.address());
            client.post(PATH, "{\"prompt\":\"x\",\"stream\":true}");
            Awaitility.await().until(() -> !http.engine.generations.isEmpty());
            http.engine.generations.getFirst().release(3);
            client.readUntil("\"text\":\"v\"");

            client.close();

            assertThat(http.engine.generations.getFirst().cancelled.await(10, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void answerThatNobodyReadsIsCut() throws Exception {
        try (ServerFixture http = ServerFixture.roomy(
                        20_000, c -> Configs.receiveTimeout(c, Duration.ofMillis(200)), request -> "x".repeat(20_000));
                RawClient client = new RawClient(http.address())) {
            // More than any buffer on the way holds: the request's thread is writing, not reading events, when it is
            // cut.
            client.post("/v1/chat/completions", MEGABYTES);

            assertLeftWithNothingRunning(http);
        }
    }

    @Test
    void clientThatLeavesWithMuchUnreadStopsItsAnswer() throws Exception {
        try (ServerFixture http = ServerFixture.roomy(20_000, c -> c, request -> "x".repeat(20_000));
                RawClient client = new RawClient(http.address())) {
            client.post("/v1/chat/completions", MEGABYTES);
            client.readUntil("\"content\":\"x\"");

            client.close();

            assertLeftWithNothingRunning(http);
        }
    }

    private static void assertLeftWithNothingRunning(ServerFixture http) throws Exception {
        RequestLog.Entry entry = http.log.poll(10, TimeUnit.SECONDS);
        assertThat(entry).isNotNull();
        assertThat(entry.finish()).hasValue("client_gone");
        assertThat(http.get("/metrics").body()).contains("theseus_requests_running{model=\"fake-model\"} 0\n");
    }

    @Test
    void silenceIsFilledWithComments() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi");
                RawClient client = new RawClient(http.address())) {
            http.engine.held = true;
            client.post(PATH, "{\"prompt\":\"x\",\"stream\":true}");
            String silence = client.readUntil(": keep-alive");
            assertThat(silence).startsWith("HTTP/1.1 200").doesNotContain("data:");
            client.readUntil(": keep-alive");
            http.engine.generations.getFirst().release(3);
            assertThat(client.readUntil("[DONE]")).contains("\"text\":\"h\"");
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInTurn() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "one");
                RawClient client = new RawClient(http.address())) {
            http.engine.held = true;
            client.post(PATH, "{\"prompt\":\"x\"}");
            Awaitility.await().until(() -> !http.engine.generations.isEmpty());
            client.post(PATH, "{\"prompt\":\"y\",\"stream\":true}");
            http.engine.held = false;
            http.engine.generations.getFirst().release(4);

            assertThat(client.readUntil("[DONE]")).contains("\"text\":\"one\"", "text/event-stream");
        }
    }

    @Test
    void keepsAConnectionForManyRequests() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "one");
                RawClient client = new RawClient(http.address())) {
            for (int i = 0; i < 20; i++) {
                client.post(PATH, "{\"prompt\":\"x\",\"stream\":" + (i % 2 == 0) + "}");
                client.readUntil(i % 2 == 0 ? "[DONE]\n\n\r\n0\r\n\r\n" : "\"cached_tokens\":0}}}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "POST /v1/completions HT",
                "POST /v1/completions HTTP/1.1\r\nHost: local",
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\n{\"prompt\""
            })
    void requestThatTricklesInIsCut(String beginning) throws Exception {
        try (ServerFixture http = ServerFixture.completing(
                        c -> Configs.receiveTimeout(c, Duration.ofMillis(200)), request -> "hi");
                RawClient client = new RawClient(http.address())) {
            client.send(beginning);

            assertThat(client.readAll()).doesNotContain(" 200 ");
        }
    }

    @Test
    void bodyBeyondTheBoundIsRefused() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> Configs.maxBody(c, 2000), request -> "hi")) {
            String large = "{\"prompt\":\"" + "x".repeat(400_000) + "\"}";
            var response = http.post(PATH, large);
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(http.json(response).at("/error/code").stringValue()).isEqualTo("body_too_large");

            HttpRequest chunked = http.request(PATH)
                    .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(large)))
                    .build();
            assertThat(http.send(chunked).statusCode()).isEqualTo(413);
            assertThat(http.engine.requests).isEmpty();
        }
    }

    @Test
    void oneHugeChunkIsNotCollected() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> Configs.maxBody(c, 2000), request -> "hi");
                RawClient client = new RawClient(http.address())) {
            client.send(
                    "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
            String block = "x".repeat(1 << 16);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 2000; i++) {
                            client.send(block);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "nonsense\r\n\r\n",
                "POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"
            })
    void brokenRequestGetsAnErrorOfOurShape(String request) throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, r -> "hi");
                RawClient client = new RawClient(http.address())) {
            client.send(request);

            assertThat(client.readAll())
                    .matches("(?s)HTTP/1\\.1 (400|505) .*\\{\"error\":\\{\"message\":.*\"type\":.*");
        }
    }
}
