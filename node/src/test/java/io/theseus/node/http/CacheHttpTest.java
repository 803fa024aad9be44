package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.core.Digest;
import io.theseus.proof.NodeKey;
import io.theseus.proof.PublicKeyId;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Remembered answers as clients of the API meet them. */
@Timeout(60)
class CacheHttpTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi there\"}],\"temperature\":0}";

    /** The fake engine says of each prompt that the state of its first half was there. */
    private static final String COMPUTED = "state";

    @TempDir
    Path home;

    private AnswerCache cache;
    private ServerFixture http;

    @BeforeEach
    void open() throws Exception {
        cache = AnswerCache.open(home, CacheBounds.DEFAULT, NodeKey.of(home), () -> ServerFixture.NOW);
        http = ServerFixture.remembering(cache, config -> config, request -> "Hello you");
    }

    @AfterEach
    void close() {
        http.close();
        cache.close();
    }

    private HttpResponse<String> post(String body, String... headers) throws InterruptedException {
        HttpRequest.Builder request = http.request(CHAT).POST(HttpRequest.BodyPublishers.ofString(body));
        return http.send(
                headers.length == 0 ? request.build() : request.headers(headers).build());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void aHitIsANormalAnswerThatNamesItsLayerAgeAndProof() throws Exception {
        HttpResponse<String> first = post(ASK);
        HttpResponse<String> second = post(
                "{ \"temperature\": 0.0, \"top_p\":1, \"n\":1, \"messages\": [{\"content\":\"Hi there\",\"role\":\"user\"}]}");

        assertThat(header(first, "x-theseus-layer")).isEqualTo(COMPUTED);
        assertThat(header(first, "age")).isEmpty();
        assertThat(header(second, "x-theseus-layer")).isEqualTo("answer");
        assertThat(header(second, "age")).isEqualTo("0");
        assertThat(header(second, "x-theseus-key")).isEqualTo(header(first, "x-theseus-key"));
        assertThat(http.engine.requests).hasSize(1);
        JsonNode answer = http.json(second);
        assertThat(answer.at("/choices/0/message/content").stringValue()).isEqualTo("Hello you");
        assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").intValue())
                .isEqualTo(answer.at("/usage/prompt_tokens").intValue());
        assertThat(answer.at("/usage/completion_tokens"))
                .isEqualTo(http.json(first).at("/usage/completion_tokens"));
        verifyProof(header(second, "x-theseus-proof"), header(second, "x-theseus-key"));
    }

    /** As docs/api.md tells others to do it. */
    private void verifyProof(String proof, String key) {
        Matcher m = Pattern.compile(
                        "node=(\\w+); computed=(\\d+); response=(\\w+); receipt=(\\w+); signature=([\\w-]+)")
                .matcher(proof);
        assertThat(m.matches()).as(proof).isTrue();
        HexFormat hex = HexFormat.of();
        Digest signed = Digest.sha256(
                hex.parseHex(key),
                hex.parseHex(m.group(3)),
                hex.parseHex(m.group(4)),
                ByteBuffer.allocate(8).putLong(Long.parseLong(m.group(2))).array());
        assertThat(m.group(1)).isEqualTo(NodeKey.of(home).id().hex());
        assertThat(PublicKeyId.of(hex.parseHex(m.group(1)))
                        .verifies(signed.bytes(), Base64.getUrlDecoder().decode(m.group(5))))
                .isTrue();
    }

    @Test
    void aHitStreamsTheSameChunks() throws Exception {
        String streamed = ASK.replace("}],", "}],\"stream\":true,\"stream_options\":{\"include_usage\":true},");
        List<String> first = chunks(post(streamed));
        HttpResponse<String> hit = post(streamed);
        List<String> second = chunks(hit);

        assertThat(header(hit, "x-theseus-layer")).isEqualTo("answer");
        assertThat(http.engine.requests).hasSize(1);
        assertThat(second.subList(0, second.size() - 2)).isEqualTo(first.subList(0, first.size() - 2));
        assertThat(second.getLast()).isEqualTo("[DONE]");
        JsonNode usage = http.json(second.get(second.size() - 2)).at("/usage");
        assertThat(usage.at("/prompt_tokens_details/cached_tokens")).isEqualTo(usage.at("/prompt_tokens"));
    }

    /** The events without what is different each time. */
    private List<String> chunks(HttpResponse<String> response) {
        return http.events(response).stream()
                .map(event -> event.replaceFirst("\"id\":\"[^\"]+\",", ""))
                .toList();
    }

    @Test
    void whatChangesTheAnswerIsAnotherQuestion() throws Exception {
        post(ASK);
        for (String other : List.of(
                ASK.replace("Hi there", "Hi There"),
                ASK.replace("}],", "}],\"max_tokens\":3,"),
                ASK.replace("}],", "}],\"stop\":[\"yo\"],"),
                ASK.replace("}],", "}],\"logprobs\":true,"),
                ASK.replace("}],", "}],\"frequency_penalty\":0.5,"),
                ASK.replace("}],", "}],\"logit_bias\":{\"5\":1},"),
                ASK.replace("}],", "}],\"cache_salt\":\"me\","),
                ASK.replace("\"temperature\":0", "\"temperature\":1,\"seed\":7"))) {
            assertThat(header(post(other), "x-theseus-layer")).as(other).isEqualTo(COMPUTED);
            assertThat(header(post(other), "x-theseus-layer")).as(other).isEqualTo("answer");
        }
        assertThat(header(
                        post(ASK.replace("}],", "}],\"user\":\"u\",\"seed\":9,\"top_k\":40,\"min_p\":0.1,")),
                        "x-theseus-layer"))
                .as("a greedy choice ignores these")
                .isEqualTo("answer");
    }

    @Test
    void obeysCacheControlAndSaysWhyNot() throws Exception {
        HttpResponse<String> nothing = post(ASK, "Cache-Control", "only-if-cached");
        assertThat(nothing.statusCode()).isEqualTo(504);
        assertThat(http.json(nothing).at("/error/code").stringValue()).isEqualTo("not_cached");
        assertThat(http.engine.requests).isEmpty();

        post(ASK, "Cache-Control", "no-store");
        assertThat(header(post(ASK), "x-theseus-layer")).isEqualTo(COMPUTED);
        assertThat(header(post(ASK, "Cache-Control", "no-cache"), "x-theseus-layer"))
                .isEqualTo(COMPUTED);
        assertThat(header(post(ASK, "Cache-Control", "only-if-cached"), "x-theseus-layer"))
                .isEqualTo("answer");
        assertThat(post(ASK, "Cache-Control", "max-age=x").statusCode()).isEqualTo(400);
        assertThat(post(ASK, "x-theseus-scope", "world").statusCode()).isEqualTo(400);
        assertThat(post(ASK, "x-theseus-cache", "please").statusCode()).isEqualTo(400);
    }

    @Test
    void drawnAnswersAreRememberedOnlyIfAsked() throws Exception {
        String drawn = "{\"messages\":[{\"role\":\"user\",\"content\":\"Draw\"}]}";
        post(drawn);
        assertThat(header(post(drawn), "x-theseus-layer")).isEqualTo(COMPUTED);
        post(drawn, "x-theseus-cache", "sampled");
        assertThat(header(post(drawn, "x-theseus-cache", "sampled"), "x-theseus-layer"))
                .isEqualTo("answer");
        assertThat(header(post(drawn), "x-theseus-layer")).isEqualTo(COMPUTED);
    }

    @Test
    void theCacheCanBeLookedIntoPinnedAndDeleted() throws Exception {
        String key = header(post(ASK), "x-theseus-key");
        post(ASK.replace("Hi there", "Something else"));

        JsonNode list = http.json(http.get("/theseus/v1/cache?query=hi%20there&limit=5"));
        assertThat(list.at("/total").intValue()).isEqualTo(1);
        assertThat(list.at("/answers/0/key").stringValue()).isEqualTo(key);
        assertThat(list.at("/answers/0/question").stringValue()).isEqualTo("Hi there");
        assertThat(http.json(http.get("/theseus/v1/cache?limit=1&offset=1")).at("/answers"))
                .hasSize(1);
        assertThat(http.get("/theseus/v1/cache?limit=-1").statusCode()).isEqualTo(400);

        JsonNode one = http.json(http.get("/theseus/v1/cache/" + key));
        assertThat(one.at("/text").stringValue()).isEqualTo("Hello you");
        assertThat(one.at("/proof/verdict").stringValue()).isEqualTo("valid");
        assertThat(one.at("/receipt/verification").stringValue()).isEqualTo("exact-engine");
        assertThat(http.get("/theseus/v1/cache/" + "0".repeat(64)).statusCode()).isEqualTo(404);
        assertThat(http.get("/theseus/v1/cache/nonsense").statusCode()).isEqualTo(404);

        assertThat(send("POST", "/theseus/v1/cache/" + key + "/pin").statusCode())
                .isEqualTo(200);
        assertThat(http.json(http.get("/theseus/v1/cache/" + key)).at("/pinned").booleanValue())
                .isTrue();
        assertThat(send("DELETE", "/theseus/v1/cache/" + key + "/pin").statusCode())
                .isEqualTo(200);
        assertThat(http.json(http.get("/theseus/v1/cache/" + key)).at("/pinned").booleanValue())
                .isFalse();
        assertThat(send("DELETE", "/theseus/v1/cache/" + key).statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/theseus/v1/cache/" + key).statusCode()).isEqualTo(404);
        assertThat(header(post(ASK), "x-theseus-layer")).isEqualTo(COMPUTED);
        assertThat(http.json(send("DELETE", "/theseus/v1/cache")).at("/deleted").intValue())
                .isEqualTo(2);
        assertThat(send("PUT", "/theseus/v1/cache/" + key).statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> send(String method, String path) throws InterruptedException {
        return http.send(http.request(path)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());
    }

    @Test
    void webPagesOfOthersAndNamesOfOthersAreRefused() throws Exception {
        HttpRequest page = http.request("/theseus/v1/cache")
                .header("Origin", "https://evil.example")
                .DELETE()
                .build();
        assertThat(http.send(page).statusCode()).isEqualTo(403);
        try (RawClient client = new RawClient(http.address())) {
            client.send("GET /theseus/v1/stats HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void statsAndMetricsSayWhatEachLayerDid() throws Exception {
        post(ASK);
        post(ASK);
        post(ASK);
        JsonNode stats = http.json(http.get("/theseus/v1/stats"));
        assertThat(stats.at("/layers/answer/requests").intValue()).isEqualTo(2);
        assertThat(stats.at("/layers/state/requests").intValue()
                        + stats.at("/layers/compute/requests").intValue())
                .isEqualTo(1);
        assertThat(stats.at("/answers/entries").intValue()).isEqualTo(1);
        assertThat(stats.at("/answers/hits").intValue()).isEqualTo(2);
        assertThat(stats.at("/layers/answer/tokens_saved").longValue())
                .isEqualTo(stats.at("/answers/tokens_saved").longValue());
        assertThat(stats.at("/answers/models/0/model").stringValue()).isEqualTo(ServerFixture.MODEL);
        String metrics = http.get("/metrics").body();
        assertThat(metrics)
                .contains("theseus_answers_total{layer=\"answer\"} 2\n")
                .contains("theseus_answer_cache_hits_total 2\n")
                .contains("theseus_answer_cache_entries 1\n");
    }

    @Test
    void followersHearOfEachFinishedRequest() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpResponse<InputStream> follower =
                client.send(http.request("/theseus/v1/events").build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(follower.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).startsWith(":");
            post(ASK);
            post(ASK);
            JsonNode first = http.json(nextData(lines));
            JsonNode second = http.json(nextData(lines));
            assertThat(first.at("/type").stringValue()).isEqualTo("request");
            assertThat(first.at("/time").stringValue()).isEqualTo(ServerFixture.NOW.toString());
            assertThat(second.at("/layer").stringValue()).isEqualTo("answer");
            assertThat(second.at("/model").stringValue()).isEqualTo(ServerFixture.MODEL);
            assertThat(second.at("/cached_tokens").intValue())
                    .isEqualTo(second.at("/prompt_tokens").intValue());
            assertThat(second.at("/seconds_saved").doubleValue()).isEqualTo(5e-6);
            post("{}");
            http.get("/nothing/of/this/name");
            JsonNode refused = http.json(nextData(lines));
            assertThat(refused.at("/status").intValue()).isEqualTo(400);
            assertThat(refused.at("/layer").stringValue()).isEmpty();
            http.server.close();
            assertThat(http.json(nextData(lines)).at("/type").stringValue()).isEqualTo("stopping");
        }
    }

    private static String nextData(BufferedReader lines) throws Exception {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return line.substring("data: ".length());
    }

    @Test
    void aFollowerThatDoesNotKeepUpIsToldWhatItLost() throws Exception {
        RequestEvents events = new RequestEvents();
        try (RequestEvents.Subscriber slow = events.subscribe()) {
            for (int i = 0; i < 300; i++) {
                events.publish(tools.jackson.databind.node.JsonNodeFactory.instance.objectNode());
            }
            assertThat(slow.takeLost()).isEqualTo(44);
            assertThat(slow.takeLost()).isZero();
            assertThat(slow.poll(0)).isNotNull();
        }
        assertThat(events.watched()).isFalse();
    }
}
