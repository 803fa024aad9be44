package io.theseus.node.upstream;

import java.time.Duration;
import java.util.Optional;

/**
 * How long other engines may take, and what is done when they fail.
 *
 * @param connect longest wait for a connection
 * @param firstByte longest wait for the beginning of an answer; an answer in one piece begins when it is complete
 * @param idle longest silence between two events, or within a body
 * @param retries attempts after the first, before anything was relayed
 * @param hedge when another upstream is asked as well
 * @param breakerFailures failures in a row after which an upstream is left alone
 * @param breakerPause how long at first; doubled each time the probe fails
 */
public record UpstreamSettings(
        Duration connect,
        Duration firstByte,
        Duration idle,
        int retries,
        Hedge hedge,
        int breakerFailures,
        Duration breakerPause) {
    /** What holds if nobody says anything. */
    public static final UpstreamSettings DEFAULT = new UpstreamSettings(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(60),
            2,
            new Hedge(true, Optional.empty()),
            5,
            Duration.ofSeconds(2));

    /**
     * Asking a second upstream while the first one is late.
     *
     * @param on whether it is done at all
     * @param after how long the first may take; empty = as long as 95 of its last 100 answers took to begin
     */
    public record Hedge(boolean on, Optional<Duration> after) {}
}
