package io.theseus.orchestrator.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While the layer cannot be had, requests are answered without it, and soon. */
@Timeout(30)
class MeaningsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void nobodyWaitsForASlowDownloadForLong() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Meanings meanings = new Meanings(
                () -> {
                    opened.incrementAndGet();
                    never.await();
                    throw new IllegalStateException("the test is over");
                },
                true,
                now::get);
        meanings.begin();
        now.addAndGet(TimeUnit.SECONDS.toNanos(6));
        long start = System.nanoTime();
        for (int request = 0; request < 100; request++) {
            assertThat(meanings.soon()).isEmpty();
        }
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(meanings.ready()).isEmpty();
        assertThat(opened.get()).isLessThanOrEqualTo(1);
        never.countDown();
    }

    @Test
    void whatFailedIsTriedAgainButNotByEachRequest() throws Exception {
        Meanings meanings = new Meanings(
                () -> {
                    opened.incrementAndGet();
                    throw new TheseusException(ErrorCode.FETCH_FAILED, "no network");
                },
                false,
                now::get);
        for (int request = 0; request < 10; request++) {
            assertThat(meanings.soon()).isEmpty();
        }
        assertThat(opened).hasValue(1);
        now.addAndGet(TimeUnit.SECONDS.toNanos(31));
        assertThat(meanings.soon()).isEmpty();
        assertThat(opened).hasValue(2);
        assertThat(meanings.usual()).isFalse();
    }
}
