package io.theseus.cache.answers;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test turns. */
final class TurnableClock implements InstantSource {
    private volatile Instant now = Samples.START;

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }
}
