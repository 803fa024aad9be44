package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.config.ProxySetting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is asked, and when a second one is, by what was measured of the first. */
@Timeout(60)
class UpstreamSourceTest {
    private static final UpstreamSettings SETTINGS = new UpstreamSettings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(50),
            Duration.ofSeconds(50),
            2,
            new UpstreamSettings.Hedge(true, Optional.empty()),
            3,
            Duration.ofSeconds(50));

    private FakeUpstream one;
    private FakeUpstream two;
    private UpstreamPool pool;

    @BeforeEach
    void open() throws Exception {
        one = new FakeUpstream("m");
        two = new FakeUpstream("m");
        pool = new UpstreamPool(
                List.of(Upstream.parse("one=" + one.base()), Upstream.parse("two=" + two.base())),
                SETTINGS,
                ProxySetting.NONE,
                new SplittableRandom(7));
    }

    @AfterEach
    void close() throws Exception {
        pool.close();
        one.close();
        two.close();
    }

    private UpstreamSource ask() {
        byte[] body = "{\"model\":\"m\"}".getBytes(StandardCharsets.UTF_8);
        UpstreamRequest request = UpstreamRequest.of("POST", "/v1/chat/completions", body, Map.of(), "m");
        return new UpstreamSource(pool.client(), pool.hosts(), request, false);
    }

    private static List<Frame> all(UpstreamSource source) throws InterruptedException {
        List<Frame> frames = new ArrayList<>();
        while (frames.isEmpty()
                || !(frames.getLast() instanceof Frame.End || frames.getLast() instanceof Frame.Failed)) {
            Frame frame = source.poll(100);
            if (frame != null) {
                frames.add(frame);
            }
        }
        return frames;
    }

    @Test
    void nobodyIsLateWhileNothingIsKnown() throws Exception {
        one.then(FakeUpstream.Wire::stall);
        two.then(FakeUpstream.chat("no"));
        UpstreamSource source = ask();
        assertThat(source.poll(300)).isNull();
        assertThat(two.requests()).isEmpty();
        source.cancel();
        assertThat(one.hangUps().poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(pool.hosts().getFirst().counts().running()).isZero();
    }

    @Test
    void aSecondOneIsAskedAfterTheTimeThatNinetyFiveOfAHundredTook() throws Exception {
        UpstreamHost first = pool.hosts().getFirst();
        for (int i = 0; i < 20; i++) {
            first.firstByte(false, Duration.ofMillis(60).toNanos());
        }
        one.then(FakeUpstream.Wire::stall);
        two.then(FakeUpstream.chat("yes"));
        long began = System.nanoTime();

        List<Frame> frames = all(ask());

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
        assertThat(((Frame.Head) frames.getFirst()).upstream()).isEqualTo("two");
        assertThat(one.hangUps().poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(pool.hosts().getLast().counts().hedgesWon()).isEqualTo(1);
        assertThat(first.counts().errors()).isZero();
    }

    @Test
    void theFirstWinsIfItIsOnlyALittleLate() throws Exception {
        UpstreamHost first = pool.hosts().getFirst();
        for (int i = 0; i < 20; i++) {
            first.firstByte(false, 1);
        }
        one.then(wire -> {
            try {
                // The second one has been asked.
                assertThat(two.arrivals().poll(20, TimeUnit.SECONDS)).isNotNull();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            FakeUpstream.chat("first").to(wire);
        });
        two.then(FakeUpstream.Wire::stall);
        List<Frame> frames = all(ask());
        assertThat(((Frame.Head) frames.getFirst()).upstream()).isEqualTo("one");
        assertThat(two.hangUps().poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(pool.hosts().getLast().counts().hedges()).isEqualTo(1);
        assertThat(pool.hosts().getLast().counts().hedgesWon()).isZero();
    }

    @Test
    void ifTheHedgeFailsTheFirstIsStillWaitedFor() throws Exception {
        UpstreamHost first = pool.hosts().getFirst();
        for (int i = 0; i < 20; i++) {
            first.firstByte(false, 1);
        }
        one.then(wire -> {
            try {
                assertThat(two.arrivals().poll(20, TimeUnit.SECONDS)).isNotNull();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            FakeUpstream.chat("first").to(wire);
        });
        two.then(FakeUpstream.json(503, "{}"));
        assertThat(((Frame.Head) all(ask()).getFirst()).upstream()).isEqualTo("one");
    }

    @Test
    void hedgesAreAShareOfTheRequests() {
        UpstreamHost host = new UpstreamHost(Upstream.parse("http://h/v1"), SETTINGS, System::nanoTime);
        assertThat(host.mayHedge()).isTrue();
        assertThat(host.mayHedge()).isFalse();
        int hedged = 0;
        for (int i = 0; i < 1000; i++) {
            host.began();
            hedged += host.mayHedge() ? 1 : 0;
        }
        assertThat(hedged).isBetween(90, 110);
    }

    @Test
    void whoFailsLooksSlow() {
        UpstreamHost host = new UpstreamHost(Upstream.parse("http://h/v1"), SETTINGS, System::nanoTime);
        host.firstByte(true, 1_000_000);
        double well = host.load(true);
        host.answered(500);
        assertThat(host.load(true)).isGreaterThan(well + 0.09);
        assertThat(host.breaker().state()).isEqualTo(Breaker.State.CLOSED);
        for (int i = 0; i < 50; i++) {
            host.succeeded();
        }
        assertThat(host.load(true)).isLessThan(well + 0.01);
        host.began();
        assertThat(host.load(true)).isGreaterThan(well + 0.001);
    }

    @Test
    void aFaultInTheRequestLeavesNothingBehind() {
        UpstreamRequest bad = UpstreamRequest.of("POST", "/v1/x", new byte[0], Map.of("accept", "a\nb"), "m");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> new UpstreamSource(pool.client(), pool.hosts(), bad, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(pool.hosts().getFirst().counts().running()).isZero();
    }
}
