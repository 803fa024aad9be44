package io.theseus.cache.answers;

import io.theseus.core.DataSize;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.time.Duration;

/**
 * How much is kept, and how long.
 *
 * @param size most bytes on disk
 * @param memory most bytes of checked answers in memory
 * @param timeToLive after which an answer expires unless it is pinned
 * @param preview whether the beginnings of question and answer are kept in readable form, for lists and searches
 */
public record CacheBounds(DataSize size, DataSize memory, Duration timeToLive, boolean preview) {
    public static final CacheBounds DEFAULT =
            new CacheBounds(DataSize.ofMebibytes(1024), DataSize.ofMebibytes(64), Duration.ofHours(24), true);

    public CacheBounds {
        if (timeToLive.isNegative() || timeToLive.isZero()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "answers would live for " + timeToLive.toMillis() + " ms, expected more than 0");
        }
    }
}
