package io.theseus.node.upstream;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Leaves an upstream alone that fails: after some failures in a row nobody asks it for a while, then one request probes it. Safe for use
 * by many threads.
 *
 * <p>Source: M. Nygard, Release It! (2007), 5.2 Circuit Breaker.
 */
final class Breaker {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** What it does with requests. */
    enum State {
        CLOSED,
        /** One request is on its way to find out. */
        HALF_OPEN,
        OPEN
    }

    private final int failuresToOpen;
    private final long firstPauseNanos;
    private final LongSupplier nanoTime;

    private State state = State.CLOSED;
    private int failures;
    private long pauseNanos;
    private long openedAt;

    Breaker(int failuresToOpen, Duration firstPause, LongSupplier nanoTime) {
        this.failuresToOpen = failuresToOpen;
        this.firstPauseNanos = firstPause.toNanos();
        this.nanoTime = nanoTime;
        this.pauseNanos = firstPauseNanos;
    }

    /** Whether a request may go there now; after a pause the first who asks is the probe, and must say how it went. */
    synchronized boolean tryPass() {
        return switch (state) {
            case CLOSED -> true;
            case HALF_OPEN -> false;
            case OPEN -> {
                if (remainingNanos() > 0) {
                    yield false;
                }
                state = State.HALF_OPEN;
                yield true;
            }
        };
    }

    /** Whether {@link #tryPass} would let a request pass. */
    synchronized boolean passable() {
        return state == State.CLOSED || state == State.OPEN && remainingNanos() <= 0;
    }

    /** An answer has begun. A probe has shown enough for others to follow; one failure more leaves the upstream alone again. */
    synchronized void begun() {
        if (state == State.HALF_OPEN) {
            state = State.CLOSED;
            failures = Math.max(0, failuresToOpen - 1);
        }
    }

    /** An answer was complete. */
    synchronized void succeeded() {
        state = State.CLOSED;
        failures = 0;
        pauseNanos = firstPauseNanos;
    }

    synchronized void failed() {
        failures++;
        if (state == State.HALF_OPEN) {
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
            open();
        } else if (state == State.CLOSED && failures >= failuresToOpen) {
            open();
        }
    }

    /** The request was given up for reasons of its own; if it was the probe, the next one is. */
    synchronized void unknown() {
        if (state == State.HALF_OPEN) {
            state = State.OPEN;
            openedAt = nanoTime.getAsLong() - pauseNanos;
        }
    }

    private void open() {
        state = State.OPEN;
        openedAt = nanoTime.getAsLong();
    }

    private long remainingNanos() {
        return openedAt + pauseNanos - nanoTime.getAsLong();
    }

    /** Until a request may pass again; zero if it may now. */
    synchronized Duration remaining() {
        return state == State.OPEN ? Duration.ofNanos(Math.max(0, remainingNanos())) : Duration.ZERO;
    }

    synchronized State state() {
        return state;
    }

    /** Failures since the last success. */
    synchronized int failures() {
        return failures;
    }
}
