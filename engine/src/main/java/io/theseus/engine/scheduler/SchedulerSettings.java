package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.time.Duration;

/**
 * Bounds of the scheduler.
 *
 * @param maxRunning requests that share a step
 * @param maxWaiting requests in the queue before new ones are told BUSY
 * @param maxWaitingTokens prompt tokens in the queue before new requests are told BUSY; an empty queue takes any prompt
 * @param maxPrefillTokens most prompt tokens in one step
 * @param minPrefillTokens prompt tokens a step computes however slow the machine is, so that every prompt gets done
 * @param streamingStep how long a step may take while answers are streaming: the gap between their tokens
 * @param idleStep how long a step may take otherwise: what a cancellation or a new request waits for
 * @param keptBlocks most blocks kept for requests that begin alike, beside what memory allows
 * @param channelCapacity events that may wait for a reader before its answer pauses
 * @param readerPatience how long a paused answer waits for its reader before it is cancelled
 */
public record SchedulerSettings(
        int maxRunning,
        int maxWaiting,
        long maxWaitingTokens,
        int maxPrefillTokens,
        int minPrefillTokens,
        Duration streamingStep,
        Duration idleStep,
        int keptBlocks,
        int channelCapacity,
        Duration readerPatience) {
    public static final SchedulerSettings DEFAULT = new SchedulerSettings(
            32,
            256,
            1 << 20,
            512,
            16,
            Duration.ofMillis(150),
            Duration.ofMillis(500),
            Integer.MAX_VALUE,
            256,
            Duration.ofMinutes(5));

    public SchedulerSettings {
        check("max running", maxRunning, 1);
        check("max waiting", maxWaiting, 1);
        check("max waiting tokens", maxWaitingTokens, 1);
        check("min prefill tokens", minPrefillTokens, 1);
        check("max prefill tokens", maxPrefillTokens, minPrefillTokens);
        check("streaming step in ns", streamingStep.toNanos(), 1);
        check("idle step in ns", idleStep.toNanos(), 1);
        check("kept blocks", keptBlocks, 0);
        check("channel capacity", channelCapacity, 1);
        check("reader patience in ns", readerPatience.toNanos(), 1);
    }

    private static void check(String name, long value, long min) {
        if (value < min) {
            throw new TheseusException(ErrorCode.BAD_INPUT, name + " is " + value + ", expected " + min + " or more");
        }
    }
}
