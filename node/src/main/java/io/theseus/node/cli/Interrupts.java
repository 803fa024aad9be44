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
 * hooks run, the JVM ignores further signals; hence the short limit. See {@link SignalHandlers} for the long one.
 */
final class Interrupts implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** What shells take for a process that SIGINT ended. */
    private static final int AT_ONCE = 130;

    private final Thread worker;
    private volatile Duration patience = PATIENCE;
    private final AtomicBoolean fired = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    /** Watches over {@code worker} until closed. */
    Interrupts(Thread worker) {
        this.worker = worker;
        hook = Thread.ofPlatform().name("theseus-interrupt").unstarted(() -> {
            if (done.getCount() == 0) {
                return;
            }
            ask();
            try {
                done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Lets the process wait longer for this command's end. */
    void patience(Duration most) {
        patience = most;
    }

    /** A signal came: the first asks the worker to end, the second ends the process. */
    void fire() {
        if (fired.get()) {
            Runtime.getRuntime().halt(AT_ONCE);
        }
        ask();
    }

    private void ask() {
        fired.set(true);
        worker.interrupt();
    }

    /** Whether the process was told to end. */
    boolean fired() {
        return fired.get();
    }

    /** The work is over; a waiting process may end. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already; the hook sees that the work is done.
            fired.set(true);
        }
    }
}
