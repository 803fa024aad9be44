package io.theseus.node.http;

import static io.theseus.node.http.UpstreamFixture.ask;
import static io.theseus.node.http.UpstreamFixture.counted;
import static io.theseus.node.http.UpstreamFixture.header;
import static io.theseus.node.http.UpstreamFixture.layer;
import static io.theseus.node.http.UpstreamFixture.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.CachedAnswer;
import io.theseus.core.Digest;
import io.theseus.node.upstream.FakeUpstream;
import io.theseus.node.upstream.Upstream;
import io.theseus.proof.Receipt.Verification;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Another engine's answers, relayed and remembered. */
@Timeout(60)
class UpstreamHttpTest {
    private static final String KEY = "sk-very-secret-1234";
    private static final String ASK = ask("m", "Hi there");

    @TempDir
    Path home;

    private FakeUpstream fake;
    private UpstreamFixture http;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeUpstream("m", "org/other");
        http = new UpstreamFixture(
                home,
                UpstreamFixture.PATIENT,
                Upstream.parse("fake=" + fake.base()).withKey(Optional.of(KEY)));
    }

    @AfterEach
    void close() throws Exception {
        http.close();
        fake.close();
    }

    @Test
    void relaysAMessageByteForByteAndAnswersItAgainFromMemory() throws Exception {
        String odd = FakeUpstream.message("Hello")
                .replace("{\"id\"", "{ \"x_unknown\" : [1.50, 1e400, {\"deep\":null}],\n \"id\"")
                .replace("\"content\":\"Hello\"", "\"content\":\"H\\u00e9llo 😀\",\"reasoning_content\":\"hm\"");
        fake.then(FakeUpstream.json(200, odd, "x-engine: e1", "x-request-id: theirs", "x-theseus-layer: answer"));

        HttpResponse<String> first = http.chat(ASK);
        HttpResponse<String> second = http.chat("{\"messages\":[{\"content\":\"Hi there\",\"role\":\"user\"}],"
                + "\"temperature\":0.0,\"n\":1,\"user\":\"me\",\"model\":\"m\"}");

        assertThat(first.body()).isEqualTo(odd);
        assertThat(layer(first)).isEqualTo("compute");
        assertThat(header(first, "x-engine")).isEqualTo("e1");
        assertThat(header(first, "x-theseus-upstream")).isEqualTo("fake");
        assertThat(header(first, "x-request-id")).startsWith("req_");
        assertThat(fake.requests()).hasSize(1);
        assertThat(fake.requests().getFirst().body()).isEqualTo(ASK);
        assertThat(layer(second)).isEqualTo("answer");
        assertThat(header(second, "age")).isEqualTo("0");
        assertThat(header(second, "x-theseus-proof")).contains("signature=");
        JsonNode answer = http.json(second);
        assertThat(answer.at("/choices")).isEqualTo(http.json(first).at("/choices"));
        assertThat(second.body()).contains("\"x_unknown\":[1.50,1E+400,{\"deep\":null}]");
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").intValue())
                .isEqualTo(7);
        assertThat(http.log)
                .anyMatch(entry -> entry.cachedTokens() == 7 && entry.layer().equals(Optional.of("answer")));
    }

    @Test
    void relaysAStreamByteForByteAndGivesItAgainInEitherForm() throws Exception {
        String[] data = FakeUpstream.chunks("Hello you");
        data[1] = data[1].replace("{\"content\"", "{ \"x_odd\" : 1.0, \"content\"");
        fake.then(FakeUpstream.stream(data));
        String all = "data: " + String.join("\n\ndata: ", data) + "\n\n";
        String withoutCounts = all.replace("data: " + data[4] + "\n\n", "");

        HttpResponse<String> live = http.chat(streamed(ASK));
        HttpResponse<String> again = http.chat(streamed(ASK));
        HttpResponse<String> counted = http.chat(counted(ASK));
        HttpResponse<String> message = http.chat(ASK);

        assertThat(live.body()).as("what was not asked for is left out").isEqualTo(withoutCounts);
        assertThat(again.body()).isEqualTo(withoutCounts);
        assertThat(counted.body())
                .isEqualTo(all.replace(
                        "\"total_tokens\":9}", "\"total_tokens\":9,\"prompt_tokens_details\":{\"cached_tokens\":7}}"));
        assertThat(List.of(layer(live), layer(again), layer(counted), layer(message)))
                .containsExactly("compute", "answer", "answer", "answer");
        assertThat(http.json(message).at("/object").stringValue()).isEqualTo("chat.completion");
        assertThat(http.json(message).at("/choices/0/message/content").stringValue())
                .isEqualTo("Hello you");
        assertThat(http.json(message).at("/choices/0/message/x_odd").doubleValue())
                .isEqualTo(1);
        assertThat(http.json(message).at("/usage/completion_tokens").intValue()).isEqualTo(2);
        assertThat(fake.requests()).hasSize(1);
        assertThat(fake.requests().getFirst().body()).contains("\"stream_options\":{\"include_usage\":true}");
    }

    @Test
    void aMessageIsStreamedFromMemoryAsTheSameAnswer() throws Exception {
        fake.then(FakeUpstream.chat("Hello you"));
        http.chat(ASK);

        HttpResponse<String> stream = http.chat(counted(ASK));

        assertThat(layer(stream)).isEqualTo("answer");
        assertThat(header(stream, "content-type")).startsWith("text/event-stream");
        List<String> events =
                stream.body().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(events.getLast()).isEqualTo("data: [DONE]");
        assertThat(events.get(events.size() - 2))
                .contains("\"cached_tokens\":7")
                .contains("\"choices\":[]");
        assertThat(stream.body())
                .contains("\"delta\":{\"role\":\"assistant\"}", "\"delta\":{\"content\":\"Hello you\"}")
                .contains("\"finish_reason\":\"stop\"")
                .contains("\"object\":\"chat.completion.chunk\"");
        assertThat(http.chat(streamed(ASK)).body()).doesNotContain("usage");
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void whatIsSampledIsOnlyRememberedWhenAsked() throws Exception {
        fake.then(FakeUpstream.chat("one"));
        String sampled = ASK.replace("\"temperature\":0", "\"temperature\":0.7");
        assertThat(layer(http.chat(sampled))).isEqualTo("compute");
        assertThat(layer(http.chat(sampled))).isEqualTo("compute");
        assertThat(fake.requests()).hasSize(2);

        String seeded = sampled.replace("\"temperature\"", "\"seed\":5,\"temperature\"");
        assertThat(layer(http.chat(seeded))).isEqualTo("compute");
        assertThat(layer(http.chat(seeded))).isEqualTo("answer");

        assertThat(layer(http.chat(sampled, "x-theseus-cache", "sampled"))).isEqualTo("compute");
        assertThat(layer(http.chat(sampled, "x-theseus-cache", "sampled"))).isEqualTo("answer");
        assertThat(layer(http.chat(sampled))).isEqualTo("compute");
    }

    @Test
    void obeysCacheControl() throws Exception {
        fake.then(FakeUpstream.chat("one"));
        assertThat(http.chat(ASK, "cache-control", "only-if-cached").statusCode())
                .isEqualTo(504);
        assertThat(layer(http.chat(ASK, "cache-control", "no-store"))).isEqualTo("compute");
        assertThat(layer(http.chat(ASK))).isEqualTo("compute");
        assertThat(layer(http.chat(ASK, "cache-control", "no-cache"))).isEqualTo("compute");
        assertThat(layer(http.chat(ASK, "cache-control", "only-if-cached"))).isEqualTo("answer");
        assertThat(fake.requests()).hasSize(3);
    }

    @Test
    void unknownFieldsReachTheUpstreamAndMakeAnotherQuestion() throws Exception {
        fake.then(FakeUpstream.chat("one"));
        String odd = ASK.replace("\"temperature\"", "\"min_p\": 0.0500, \"x\":{\"b\":1,\"a\":[null]}, \"temperature\"");

        assertThat(layer(http.chat(ASK))).isEqualTo("compute");
        assertThat(layer(http.chat(odd))).isEqualTo("compute");
        assertThat(layer(http.chat(odd.replace("0.0500", "0.05")))).isEqualTo("answer");
        assertThat(layer(http.chat(odd.replace("0.0500", "0.06")))).isEqualTo("compute");
        assertThat(fake.requests().get(1).body()).isEqualTo(odd);
    }

    @Test
    void receiptsSayThatNobodyVerifiedTheEngine() throws Exception {
        fake.then(FakeUpstream.chat("Hello you"));
        Digest key = Digest.of(HexFormat.of().parseHex(header(http.chat(ASK), "x-theseus-key")));

        CachedAnswer stored = http.cache.find(key).orElseThrow();

        assertThat(stored.receipt().receipt().verification()).isEqualTo(Verification.UNVERIFIED_ENGINE);
        assertThat(stored.receipt().receipt().engineId()).isEqualTo("upstream " + fake.base());
        assertThat(new String(stored.payload(), StandardCharsets.UTF_8)).isEqualTo(FakeUpstream.message("Hello you"));
        assertThat(http.get("/theseus/v1/cache/" + key.hex()).body()).contains("unverified-engine");
    }

    @Test
    void aKeyGoesToItsUpstreamOnlyAndTheClientsStaysHere() throws Exception {
        fake.then(FakeUpstream.json(401, "{\"error\":{\"message\":\"bad key\",\"type\":\"auth\",\"code\":\"k\"}}"));

        HttpResponse<String> refused = http.chat(
                ASK, "authorization", "Bearer sk-client", "cookie", "a=b", "x-api-key", "k", "openai-beta", "y");

        FakeUpstream.Request seen = fake.requests().getFirst();
        assertThat(seen.header("authorization")).isEqualTo("Bearer " + KEY);
        assertThat(seen.headers()).doesNotContainKeys("cookie", "x-api-key").containsEntry("openai-beta", "y");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(http.json(refused).at("/error/message").stringValue()).isEqualTo("bad key");
        assertThat(refused.headers().map().toString()
                        + http.log
                        + http.relay.pool().hosts().getFirst().upstream())
                .doesNotContain(KEY);
        assertThat(http.get("/metrics").body()).doesNotContain(KEY);
    }

    @Test
    void aHundredAtOnceAreOneRequestAndAllStreamLive() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        String[] data = FakeUpstream.chunks("Hello you");
        fake.then(wire -> {
            wire.events().chunk("data: " + data[0] + "\n\n");
            try {
                go.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            for (int i = 1; i < data.length; i++) {
                wire.chunk("data: " + data[i] + "\n\n");
            }
            wire.end();
        });
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            // Some want a stream, some do not: they are one question.
            String body = i % 3 == 0 ? ASK : streamed(ASK);
            CompletableFuture<HttpResponse<String>> answer = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    answer.complete(http.chat(body));
                } catch (Exception | Error e) {
                    answer.completeExceptionally(e);
                }
            });
            all.add(answer);
            if (i == 0) {
                // Whether the answer is streamed is for the first to say.
                fake.arrivals().poll(20, TimeUnit.SECONDS);
            }
        }
        Awaitility.await().until(() -> http.relay.joins() == 99);
        go.countDown();

        for (CompletableFuture<HttpResponse<String>> answer : all) {
            HttpResponse<String> response = answer.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("finish_reason");
        }
        assertThat(fake.requests()).hasSize(1);
        assertThat(layer(http.chat(ASK))).isEqualTo("answer");
    }

    @Test
    void eventsArriveOneByOne() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        String[] data = FakeUpstream.chunks("Hello you");
        fake.then(wire -> {
            wire.events().chunk("data: " + data[0] + "\n\n");
            try {
                // The rest only comes when the client has the first event.
                assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            for (int i = 1; i < data.length; i++) {
                wire.chunk("data: " + data[i] + "\n\n");
            }
            wire.end();
        });
        try (RawClient client = new RawClient(http.address())) {
            client.post(UpstreamFixture.CHAT, streamed(ASK));
            client.readUntil("\"content\":\"\"");
            seen.countDown();
            assertThat(client.readUntil("[DONE]")).contains("o you");
        }
    }

    @Test
    void aClientThatLeavesEndsTheUpstreamsWork() throws Exception {
        fake.then(wire -> wire.events()
                .chunk("data: " + FakeUpstream.chunks("Hi")[0] + "\n\n")
                .stall());
        try (RawClient client = new RawClient(http.address())) {
            client.post(UpstreamFixture.CHAT, streamed(ASK));
            client.readUntil("assistant");
        }
        assertThat(fake.hangUps().poll(10, TimeUnit.SECONDS)).isNotNull();

        // Also before the first byte, and not while another waits for the same.
        fake.instead(FakeUpstream.Wire::stall);
        try (RawClient stays = new RawClient(http.address())) {
            try (RawClient leaves = new RawClient(http.address())) {
                leaves.post(UpstreamFixture.CHAT, ASK);
                fake.arrivals().poll(10, TimeUnit.SECONDS);
                fake.arrivals().poll(10, TimeUnit.SECONDS);
                stays.post(UpstreamFixture.CHAT, ASK);
                Awaitility.await().until(() -> http.relay.joins() == 1);
            }
            Awaitility.await()
                    .until(() -> http.log.stream()
                                    .filter(entry -> entry.status() == 499)
                                    .count()
                            == 2);
            assertThat(fake.hangUps()).isEmpty();
            assertThat(http.metric("requests_in_flight", "fake")).isEqualTo(1);
        }
        assertThat(fake.hangUps().poll(10, TimeUnit.SECONDS)).isNotNull();
        Awaitility.await().until(() -> http.metric("requests_in_flight", "fake") == 0);
        assertThat(http.cache.list("", 10, 0)).isEmpty();
    }

    @Test
    void toolCallsAndSeveralChoicesSurviveTheChangeOfForm() throws Exception {
        fake.then(FakeUpstream.stream(
                FakeUpstream.delta(
                        "{\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":\"}}]}",
                        "null"),
                FakeUpstream.delta(
                        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}},"
                                + "{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}",
                        "null"),
                FakeUpstream.delta("{\"content\":\"two\"}", "null")
                        .replace("\"index\":0,\"delta\"", "\"index\":1,\"delta\""),
                FakeUpstream.delta("{}", "\"stop\"").replace("\"index\":0,\"delta\"", "\"index\":1,\"delta\""),
                FakeUpstream.delta("{}", "\"tool_calls\""),
                "[DONE]"));
        String two = ASK.replace("\"temperature\"", "\"n\":2,\"temperature\"");
        http.chat(streamed(two));

        HttpResponse<String> message = http.chat(two);

        assertThat(layer(message)).isEqualTo("answer");
        JsonNode calls = http.json(message).at("/choices/0/message/tool_calls");
        assertThat(calls.at("/0/function/arguments").stringValue()).isEqualTo("{\"x\":1}");
        assertThat(calls.at("/1/id").stringValue()).isEqualTo("b");
        assertThat(http.json(message).at("/choices/1/message/content").stringValue())
                .isEqualTo("two");
        assertThat(http.json(message).at("/choices/1/finish_reason").stringValue())
                .isEqualTo("stop");
    }

    @Test
    void textCompletionsAreRememberedToo() throws Exception {
        String body =
                "{\"id\":\"t\",\"object\":\"text_completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"text\":\" Paris\","
                        + "\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}";
        fake.then(FakeUpstream.json(200, body));
        String ask = "{\"model\":\"m\",\"prompt\":\"The capital\",\"temperature\":0,\"max_tokens\":1}";
        assertThat(http.post("/v1/completions", ask).body()).isEqualTo(body);
        HttpResponse<String> stream = http.post("/v1/completions", streamed(ask));
        assertThat(layer(stream)).isEqualTo("answer");
        assertThat(stream.body())
                .contains("\"text\":\" Paris\"")
                .contains("\"finish_reason\":\"length\"")
                .endsWith("data: [DONE]\n\n");
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void listsTheUpstreamsModelsAndRelaysEverythingElse() throws Exception {
        assertThat(http.get("/v1/models").body()).contains("\"max_model_len\":4096", "org/other");
        assertThat(http.get("/v1/models/org/other").body()).contains("\"id\":\"org/other\"");
        assertThat(http.get("/v1/models/absent").statusCode()).isEqualTo(404);

        fake.then(FakeUpstream.json(200, "{\"data\":[]}", "x-cost: 3"));
        HttpResponse<String> embeddings = http.post("/v1/embeddings", "{\"model\":\"m\",\"input\":\"x\"}");
        assertThat(embeddings.body()).isEqualTo("{\"data\":[]}");
        assertThat(header(embeddings, "x-cost")).isEqualTo("3");
        HttpResponse<String> odd = http.post("/v1/audio/odd?x=1%20y&z", "{\"model\":\"org/other\"}");
        assertThat(odd.statusCode()).isEqualTo(200);
        assertThat(fake.requests().getLast().target()).isEqualTo("/v1/audio/odd?x=1%20y&z");

        fake.instead(wire -> wire.head(204));
        assertThat(http.send(http.request("/v1/files/f1").DELETE().build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(204);
        assertThat(fake.requests().getLast().method()).isEqualTo("DELETE");
        fake.instead(wire -> wire.head(200, "Content-Type: text/plain", "Content-Length: 5"));
        assertThat(http.send(
                                http.request("/v1/files/f1")
                                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        int before = fake.requests().size();
        for (String path : List.of("/v1/../admin", "/v1/%2e%2e/admin", "/v1/a%2fb", "/v1//x", "/v1/.env")) {
            try (RawClient client = new RawClient(http.address())) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                assertThat(client.readAll()).as(path).matches("(?s)HTTP/1.1 4\\d\\d .*");
            }
        }
        assertThat(fake.requests()).hasSize(before);
        assertThat(http.get("/other").statusCode()).isEqualTo(404);
    }

    @Test
    void aRelayedPageCannotActAsThisNodesOwn() throws Exception {
        fake.then(wire -> wire.head(
                        200,
                        "Content-Type: text/html",
                        "Content-Length: 4",
                        "Content-Security-Policy: default-src *",
                        "Set-Cookie: a=b",
                        "Clear-Site-Data: \"*\"",
                        "Access-Control-Allow-Origin: *")
                .write("<hi>"));
        HttpResponse<String> page = http.get("/v1/page");
        assertThat(page.body()).isEqualTo("<hi>");
        assertThat(header(page, "content-security-policy")).isEqualTo("sandbox");
        assertThat(page.headers().map())
                .doesNotContainKeys("set-cookie", "clear-site-data", "access-control-allow-origin");
    }

    @Test
    void aModelThatNobodyHasIsNamed() throws Exception {
        try (FakeUpstream second = new FakeUpstream("n");
                UpstreamFixture both = new UpstreamFixture(
                        home.resolve("both"),
                        UpstreamFixture.PATIENT,
                        Upstream.parse(fake.base()),
                        Upstream.parse(second.base()))) {
            HttpResponse<String> none = both.chat(ask("absent", "Hi"));
            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(both.json(none).at("/error/code").stringValue()).isEqualTo("model_not_found");
        }
        // A lone one may know names that it does not list.
        fake.then(FakeUpstream.chat("yes"));
        assertThat(http.chat(ask("alias:latest", "Hi")).statusCode()).isEqualTo(200);
    }

    @Test
    void eachModelGoesToTheUpstreamThatHasIt() throws Exception {
        try (FakeUpstream second = new FakeUpstream("n", "m");
                UpstreamFixture both = new UpstreamFixture(
                        home.resolve("both"),
                        UpstreamFixture.PATIENT,
                        Upstream.parse("one=" + fake.base()).withKey(Optional.of("k1")),
                        Upstream.parse("two=" + second.base()).withKey(Optional.of("k2")))) {
            fake.then(FakeUpstream.chat("first"));
            second.then(FakeUpstream.chat("second"));

            assertThat(header(both.chat(ask("n", "Hi")), "x-theseus-upstream")).isEqualTo("two");
            assertThat(header(both.chat(ask("org/other", "Hi")), "x-theseus-upstream"))
                    .isEqualTo("one");
            assertThat(second.requests().getFirst().header("authorization")).isEqualTo("Bearer k2");
            assertThat(fake.requests().getFirst().header("authorization")).isEqualTo("Bearer k1");
            assertThat(both.get("/v1/models").body())
                    .containsOnlyOnce("\"id\":\"m\"")
                    .contains("\"id\":\"n\"");
            assertThat(layer(both.chat(ask("n", "Hi")))).isEqualTo("answer");
        }
    }

    @Test
    void askingForCountsIsTakenBackWhereItIsRefused() throws Exception {
        fake.then(wire -> {
            boolean asked = wire.request().body().contains("stream_options");
            (asked ? FakeUpstream.json(400, "{\"error\":{\"message\":\"stream_options?\"}}") : FakeUpstream.chat("yes"))
                    .to(wire);
        });
        assertThat(http.chat(streamed(ASK)).body()).contains("[DONE]");
        assertThat(fake.requests()).hasSize(2);
        assertThat(http.chat(streamed(ask("m", "More"))).body()).contains("[DONE]");
        assertThat(fake.requests()).as("it is known from now on").hasSize(3);
    }

    @Test
    void aRequestThatIsRefusedAnywaySaysNothingAboutCounts() throws Exception {
        fake.then(FakeUpstream.json(400, "{\"error\":{\"message\":\"too long\"}}"));
        HttpResponse<String> refused = http.chat(streamed(ASK));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("too long");
        fake.instead(FakeUpstream.chat("yes"));
        http.chat(streamed(ask("m", "More")));
        assertThat(fake.requests().getLast().body()).contains("stream_options");
    }
}
