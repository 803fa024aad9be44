package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.upstream.Breaker.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final Breaker breaker = new Breaker(3, Duration.ofSeconds(2), now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed();
        }
    }

    @Test
    void opensAfterFailuresInARowOnly() {
        fail(2);
        breaker.succeeded();
        fail(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.tryPass()).isTrue();
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.tryPass()).isFalse();
        assertThat(breaker.remaining()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void letsOneProbePassAfterItsPause() {
        fail(3);
        pass(Duration.ofMillis(1999));
        assertThat(breaker.passable()).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(breaker.passable()).isTrue();
        assertThat(breaker.tryPass()).isTrue();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.tryPass()).as("one only").isFalse();
        assertThat(breaker.passable()).isFalse();
        breaker.succeeded();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.failures()).isZero();
    }

    @Test
    void pausesTwiceAsLongAfterEachFailedProbeUpToAMinute() {
        fail(3);
        Duration pause = Duration.ofSeconds(2);
        for (int i = 0; i < 8; i++) {
            assertThat(breaker.remaining()).isEqualTo(pause);
            pass(pause);
            assertThat(breaker.tryPass()).isTrue();
            breaker.failed();
            pause = pause.multipliedBy(2).compareTo(Duration.ofMinutes(1)) > 0
                    ? Duration.ofMinutes(1)
                    : pause.multipliedBy(2);
        }
        pass(pause);
        assertThat(breaker.tryPass()).isTrue();
        breaker.succeeded();
        fail(3);
        assertThat(breaker.remaining()).as("trust starts anew").isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aProbeThatWasGivenUpLeavesItsPlaceToTheNext() {
        fail(3);
        pass(Duration.ofSeconds(2));
        assertThat(breaker.tryPass()).isTrue();
        breaker.unknown();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.tryPass()).isTrue();
        breaker.unknown();
        breaker.unknown();
        assertThat(breaker.failures()).isEqualTo(3);
    }

    @Test
    void aProbeThatHasBegunLetsOthersPassButOneFailureClosesTheDoor() {
        fail(3);
        pass(Duration.ofSeconds(2));
        assertThat(breaker.tryPass()).isTrue();
        breaker.begun();
        assertThat(breaker.tryPass()).isTrue();
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void ofManyAtOnceOneIsTheProbe() throws Exception {
        fail(3);
        pass(Duration.ofSeconds(2));
        AtomicInteger passed = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            Thread.ofVirtual().start(() -> {
                if (breaker.tryPass()) {
                    passed.incrementAndGet();
                }
                done.countDown();
            });
        }
        done.await();
        assertThat(passed).hasValue(1);
    }
}
