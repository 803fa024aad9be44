package io.theseus.node.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C and its kin, for commands that should come to a clean end: the thread at work is interrupted, and the process waits
 * for it for a moment.
 *
 * <p>A shutdown hook and no signal handler, because that is the same on every system, and costs nothing at the start. While
 * hooks run, the JVM ignores further signals; hence the short limit.
 */
final class Interrupts implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final AtomicBoolean fired = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    /** Watches over {@code worker} until closed. */
    Interrupts(Thread worker) {
        hook = Thread.ofPlatform().name("theseus-interrupt").unstarted(() -> {
            if (done.getCount() == 0) {
                return;
            }
            fired.set(true);
            worker.interrupt();
            try {
                done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the process was told to end. */
    boolean fired() {
        return fired.get();
    }

    /** The work is over; a waiting process may end. */
    @Override
    public void close() {
        done.countDown();
        if (!fired.get()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending at this very moment; the hook sees that the work is done.
                fired.set(true);
            }
        }
    }
}
