package io.theseus.node.models;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a stream on which nothing has come for too long: a read from it has no time limit of its own. */
final class SilenceWatch implements AutoCloseable {
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long reads;
    private volatile boolean fired;

    SilenceWatch(InputStream stream, Duration patience) {
        Thread.ofVirtual().name("theseus-silence-watch").start(() -> watch(stream, patience));
    }

    /** Something came. */
    void heard() {
        // One thread reads, so this is no lost update.
        reads = reads + 1;
    }

    /** Whether the stream was closed for its silence. */
    boolean fired() {
        return fired;
    }

    @Override
    public void close() {
        over.countDown();
    }

    private void watch(InputStream stream, Duration patience) {
        try {
            long seen = -1;
            while (reads != seen) {
                seen = reads;
                if (over.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
            fired = true;
            stream.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.getLogger(SilenceWatch.class.getName()).log(System.Logger.Level.DEBUG, "closing a silent stream", e);
        }
    }
}
