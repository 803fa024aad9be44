package io.theseus.node.upstream;

import java.net.http.HttpHeaders;

/** What happens to an attempt, as the HTTP client's threads report it. */
sealed interface Signal {
    Attempt attempt();

    /** The head of a response is there. */
    record Answered(Attempt attempt, int status, HttpHeaders headers) implements Signal {}

    /** Some of its body; the next comes when {@link Attempt#more} is called. */
    record Received(Attempt attempt, byte[] bytes) implements Signal {}

    /** All of its body was there. */
    record Completed(Attempt attempt) implements Signal {}

    /** The connection could not be made, or broke. */
    record Broke(Attempt attempt, Throwable cause) implements Signal {}
}
