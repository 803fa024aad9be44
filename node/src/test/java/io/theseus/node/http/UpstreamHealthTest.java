package io.theseus.node.http;

import static io.theseus.node.http.UpstreamFixture.ask;
import static io.theseus.node.http.UpstreamFixture.header;
import static io.theseus.node.http.UpstreamFixture.layer;
import static io.theseus.node.http.UpstreamFixture.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.upstream.FakeUpstream;
import io.theseus.node.upstream.FakeUpstream.Wire;
import io.theseus.node.upstream.Upstream;
import io.theseus.node.upstream.UpstreamSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is done when upstreams fail, are busy or late: asked again, asked elsewhere, left alone. */
@Timeout(60)
class UpstreamHealthTest {
    @TempDir
    Path home;

    private FakeUpstream one;
    private FakeUpstream two;

    @BeforeEach
    void open() throws Exception {
        one = new FakeUpstream("m");
        two = new FakeUpstream("m");
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        two.close();
    }

    private UpstreamFixture node(UpstreamSettings settings) throws Exception {
        return new UpstreamFixture(
                home, settings, Upstream.parse("one=" + one.base()), Upstream.parse("two=" + two.base()));
    }

    private UpstreamFixture lone(UpstreamSettings settings) throws Exception {
        return new UpstreamFixture(home, settings, Upstream.parse("one=" + one.base()));
    }

    private static UpstreamSettings settings(
            Duration firstByte, UpstreamSettings.Hedge hedge, int failures, Duration pause) {
        return new UpstreamSettings(
                Duration.ofSeconds(5), firstByte, Duration.ofSeconds(20), 2, hedge, failures, pause);
    }

    private static UpstreamSettings hedged(Optional<Duration> after) {
        return settings(Duration.ofSeconds(20), new UpstreamSettings.Hedge(true, after), 5, Duration.ofSeconds(20));
    }

    @Test
    void whatFailedBeforeTheFirstByteIsAskedAgain() throws Exception {
        try (UpstreamFixture http = lone(UpstreamFixture.PATIENT)) {
            one.then(FakeUpstream.json(503, "{}")).then(Wire::reset).then(FakeUpstream.chat("third time lucky"));
            assertThat(http.chat(ask("m", "a")).body()).contains("third time lucky");
            assertThat(one.requests()).hasSize(3);
            assertThat(http.metric("retries_total", "one")).isEqualTo(2);
            assertThat(http.metric("errors_total", "one")).isEqualTo(2);
            assertThat(http.metric("requests_total", "one")).isEqualTo(3);
            JsonNode upstream = http.json(http.get("/theseus/v1/stats")).at("/upstreams/0");
            assertThat(upstream.at("/name").stringValue()).isEqualTo("one");
            assertThat(upstream.at("/requests").intValue()).isEqualTo(3);
            assertThat(upstream.at("/errors").intValue()).isEqualTo(2);
            assertThat(upstream.at("/retries").intValue()).isEqualTo(2);
            assertThat(upstream.at("/breaker").stringValue()).isEqualTo("closed");
        }
    }

    @Test
    void afterTheLastAttemptTheUpstreamsOwnWordIsRelayed() throws Exception {
        try (UpstreamFixture http = lone(UpstreamFixture.PATIENT)) {
            one.then(FakeUpstream.json(503, "{\"error\":{\"message\":\"loading the model\",\"code\":\"l\"}}"));
            HttpResponse<String> response = http.chat(ask("m", "a"));
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("loading the model");
            assertThat(one.requests()).hasSize(3);
        }
    }

    @Test
    void whatHasBegunIsNeverAskedAgain() throws Exception {
        try (UpstreamFixture http = node(UpstreamFixture.PATIENT)) {
            one.then(wire -> {
                wire.events().chunk("data: " + FakeUpstream.chunks("Hi")[0] + "\n\n");
                wire.hangUp();
            });
            two.then(FakeUpstream.chat("no"));
            assertThat(http.chat(streamed(ask("m", "a"))).body()).contains("upstream_broken");
            assertThat(one.requests()).hasSize(1);
            assertThat(two.requests()).isEmpty();
        }
    }

    @Test
    void anotherUpstreamTakesOver() throws Exception {
        try (UpstreamFixture http = node(UpstreamFixture.PATIENT)) {
            one.then(Wire::hangUp);
            two.then(FakeUpstream.chat("here"));
            HttpResponse<String> response = http.chat(ask("m", "a"));
            assertThat(header(response, "x-theseus-upstream")).isEqualTo("two");
            // Remembered under the name of who gave it, and found again whoever would be asked.
            assertThat(layer(http.chat(ask("m", "a")))).isEqualTo("answer");
            // Who failed is asked last from now on.
            assertThat(header(http.chat(ask("m", "b")), "x-theseus-upstream")).isEqualTo("two");
            assertThat(one.requests()).hasSize(1);
        }
    }

    @Test
    void aLateUpstreamIsNotAskedTwiceButAnotherIs() throws Exception {
        try (UpstreamFixture http = node(settings(
                Duration.ofMillis(300),
                new UpstreamSettings.Hedge(false, Optional.empty()),
                5,
                Duration.ofSeconds(20)))) {
            one.then(Wire::stall);
            two.then(FakeUpstream.chat("here"));
            assertThat(http.chat(ask("m", "a")).body()).contains("here");
            assertThat(one.requests()).hasSize(1);
            assertThat(one.hangUps().poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void aBusyUpstreamIsWaitedForIfItSaysHowLongAndNotForLong() throws Exception {
        try (UpstreamFixture http = lone(UpstreamFixture.PATIENT)) {
            one.then(FakeUpstream.json(429, "{\"error\":{\"message\":\"busy\"}}", "Retry-After: 0"))
                    .then(FakeUpstream.chat("now"));
            assertThat(http.chat(ask("m", "a")).body()).contains("now");

            one.instead(FakeUpstream.json(429, "{\"error\":{\"message\":\"busy\"}}", "Retry-After: 77"));
            HttpResponse<String> later = http.chat(ask("m", "b"));
            assertThat(later.statusCode()).isEqualTo(429);
            assertThat(header(later, "retry-after")).isEqualTo("77");
            assertThat(later.body()).contains("busy");
            assertThat(one.requests()).hasSize(3);
            assertThat(http.metric("breaker_state", "one"))
                    .as("busy is not broken")
                    .isZero();
            assertThat(http.metric("errors_total", "one")).isZero();
        }
    }

    @Test
    void whoFailsFastIsNotTakenForFast() throws Exception {
        try (UpstreamFixture http = node(UpstreamFixture.PATIENT)) {
            one.then(FakeUpstream.json(500, "{\"error\":{\"message\":\"out of memory\"}}"));
            two.then(FakeUpstream.chat("works"));
            int failed = 0;
            for (int i = 0; i < 50; i++) {
                failed += http.chat(ask("m", "q" + i)).statusCode() == 500 ? 1 : 0;
            }
            assertThat(failed).isBetween(1, 3);
        }
    }

    @Test
    void requestErrorsAreNotAskedAgain() throws Exception {
        try (UpstreamFixture http = node(UpstreamFixture.PATIENT)) {
            for (int status : new int[] {400, 401, 403, 404, 413, 422, 500}) {
                one.instead(FakeUpstream.json(status, "{\"error\":{\"message\":\"no\",\"code\":\"c\"}}"));
                two.instead(FakeUpstream.json(status, "{\"error\":{\"message\":\"no\",\"code\":\"c\"}}"));
                int before = one.requests().size() + two.requests().size();
                HttpResponse<String> response = http.chat(ask("m", "s" + status));
                assertThat(response.statusCode()).isEqualTo(status);
                assertThat(one.requests().size() + two.requests().size()).isEqualTo(before + 1);
            }
            assertThat(http.metric("breaker_state", "one")).isZero();
        }
    }

    @Test
    void aSecondOneIsAskedWhenTheFirstIsLate() throws Exception {
        try (UpstreamFixture http = node(hedged(Optional.of(Duration.ofMillis(50))))) {
            one.then(Wire::stall);
            two.then(FakeUpstream.chat("quick"));
            HttpResponse<String> response = http.chat(streamed(ask("m", "a")));
            assertThat(response.body()).contains("[DONE]");
            assertThat(header(response, "x-theseus-upstream")).isEqualTo("two");
            assertThat(one.hangUps().poll(10, TimeUnit.SECONDS))
                    .as("the late one is let go")
                    .isNotNull();
            assertThat(http.metric("hedges_total", "two")).isEqualTo(1);
            assertThat(http.metric("hedges_won_total", "two")).isEqualTo(1);
            assertThat(http.metric("errors_total", "one")).isZero();
            Awaitility.await().until(() -> http.metric("requests_in_flight", "one") == 0);
        }
    }

    @Test
    void aFailingUpstreamIsLeftAloneThenProbedThenTrusted() throws Exception {
        try (UpstreamFixture http = lone(settings(
                Duration.ofSeconds(20),
                new UpstreamSettings.Hedge(false, Optional.empty()),
                3,
                Duration.ofMillis(300)))) {
            one.then(Wire::hangUp);
            assertThat(http.chat(ask("m", "a")).statusCode()).isEqualTo(502);
            assertThat(one.requests()).hasSize(3);
            assertThat(http.metric("breaker_state", "one")).isEqualTo(2);

            HttpResponse<String> alone = http.chat(ask("m", "b"));
            assertThat(alone.statusCode()).isEqualTo(503);
            assertThat(alone.body()).contains("upstream_unavailable");
            assertThat(header(alone, "retry-after")).isEqualTo("1");
            assertThat(one.requests()).as("nobody asks").hasSize(3);

            one.instead(FakeUpstream.chat("back"));
            Awaitility.await().until(() -> http.chat(ask("m", "c")).statusCode() == 200);
            assertThat(http.metric("breaker_state", "one")).isZero();
            assertThat(one.requests()).hasSize(4);
        }
    }

    @Test
    void rememberedAnswersAreServedWhileTheUpstreamIsDown() throws Exception {
        try (UpstreamFixture http = lone(UpstreamFixture.PATIENT)) {
            one.then(FakeUpstream.chat("kept"));
            http.chat(ask("m", "a"));
            one.close();
            assertThat(layer(http.chat(ask("m", "a")))).isEqualTo("answer");
            HttpResponse<String> down = http.chat(ask("m", "b"));
            assertThat(down.statusCode()).isEqualTo(502);
            assertThat(down.body()).contains("upstream_unreachable").contains("one");
        }
    }

    @Test
    void connectionsAreUsedAgain() throws Exception {
        try (UpstreamFixture http = lone(UpstreamFixture.PATIENT)) {
            one.then(FakeUpstream.chat("yes"));
            for (int i = 0; i < 20; i++) {
                http.chat(streamed(ask("m", "q" + i)));
            }
            assertThat(one.requests()).hasSize(20);
            assertThat(one.accepted()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void aSlowReaderDoesNotMakeTheUpstreamLookSilent() throws Exception {
        UpstreamSettings quick = UpstreamFixture.QUICK;
        try (UpstreamFixture http = lone(quick);
                RawClient client = new RawClient(http.address())) {
            String piece = "x".repeat(1 << 16);
            one.then(wire -> {
                wire.events();
                for (int i = 0; i < 400; i++) {
                    wire.chunk("data: " + FakeUpstream.delta("{\"content\":\"" + piece + "\"}", "null") + "\n\n");
                }
                wire.chunk("data: " + FakeUpstream.delta("{}", "\"stop\"") + "\n\ndata: [DONE]\n\n")
                        .end();
            });
            client.post(UpstreamFixture.CHAT, streamed(ask("m", "a")));
            client.readUntil("data: ");
            // Far more than all buffers hold is under way; the client stops reading for longer than an upstream may be
            // silent.
            long until = System.nanoTime() + quick.idle().multipliedBy(2).toNanos();
            Awaitility.await().until(() -> System.nanoTime() > until);
            client.finishReading("data: [DONE]");
        }
    }
}
