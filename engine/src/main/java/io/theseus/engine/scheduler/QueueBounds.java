package io.theseus.engine.scheduler;

import io.theseus.core.TheseusException;
import java.time.Duration;

/** Counts the requests between submission and their first step, and turns away what would exceed the bounds. Thread-safe. */
final class QueueBounds {
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final SchedulerSettings settings;
    private int requests;
    private long tokens;
    private double nanosPerEnd;
    private long lastEnd = Long.MIN_VALUE;

    QueueBounds(SchedulerSettings settings) {
        this.settings = settings;
    }

    /**
     * Reserves places for {@code newRequests} with {@code newTokens} prompt tokens in all.
     *
     * @throws TheseusException {@code BUSY} if they do not fit into the queue
     */
    synchronized void enter(int newRequests, long newTokens) {
        boolean tooMany = requests + newRequests > settings.maxWaiting();
        boolean tooLong = requests > 0 && tokens + newTokens > settings.maxWaitingTokens();
        if (tooMany || tooLong) {
            throw TheseusException.busy(
                    "the queue is full with " + requests + " requests and " + tokens + " prompt tokens (limits "
                            + settings.maxWaiting() + " and " + settings.maxWaitingTokens() + "); try again later",
                    retryAfter());
        }
        requests += newRequests;
        tokens += newTokens;
    }

    /** A request left the queue, to run or to end. */
    synchronized void leave(int promptTokens) {
        requests--;
        tokens -= promptTokens;
    }

    /** A request ended at {@code now}: the pace of these is the pace of the queue. */
    synchronized void ended(long now) {
        if (lastEnd != Long.MIN_VALUE) {
            double gap = now - lastEnd;
            nanosPerEnd = nanosPerEnd == 0 ? gap : nanosPerEnd + 0.2 * (gap - nanosPerEnd);
        }
        lastEnd = now;
    }

    synchronized int requests() {
        return requests;
    }

    /** The time in which a quarter of the queue will be served, so that many who come back do not all find it full again. */
    private Duration retryAfter() {
        Duration estimate = Duration.ofNanos((long) (nanosPerEnd * Math.max(1, requests / 4)));
        if (estimate.compareTo(SHORTEST_RETRY) < 0) {
            return SHORTEST_RETRY;
        }
        return estimate.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : estimate;
    }
}
