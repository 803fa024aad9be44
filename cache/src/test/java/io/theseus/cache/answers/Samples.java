package io.theseus.cache.answers;

import io.theseus.cache.AnswerKind;
import io.theseus.cache.Scope;
import io.theseus.core.DataSize;
import io.theseus.core.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/** Answers to store, each different. */
final class Samples {
    static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

    private Samples() {}

    static NewAnswer answer(String name, int bytes, Instant now) {
        return answer(name, bytes, 1_000_000_000L, now);
    }

    static NewAnswer answer(String name, int bytes, long computeNanos, Instant now) {
        byte[] payload = new byte[bytes];
        new SplittableRandom(name.hashCode()).nextBytes(payload);
        return new NewAnswer(
                Digest.ofText(name),
                Digest.ofText("root"),
                "model-" + name.charAt(0),
                "theseus-numerics 1",
                AnswerKind.EVENTS,
                Scope.PRIVATE,
                "What is " + name + "?",
                name + " is 100% sure\nand_more",
                payload,
                10,
                20,
                computeNanos,
                now.minusNanos(computeNanos),
                now);
    }

    static CacheBounds bounds(long disk, long memory) {
        return new CacheBounds(new DataSize(disk), new DataSize(memory), Duration.ofHours(24), true);
    }
}
