package io.theseus.cache;

import io.theseus.core.Digest;
import java.time.Instant;

/**
 * What is known about a remembered answer besides its bytes.
 *
 * @param key of the request: model, engine, parameters and tokens
 * @param modelRoot of the model that answered
 * @param model its name
 * @param engine the arithmetic, or the upstream's name
 * @param question beginning of what was asked, for people; empty if the settings leave it out
 * @param answer beginning of the answer, for people; empty if the settings leave it out
 * @param created when it was computed
 * @param expires from when on it is not served, unless pinned
 * @param bytes what it takes of the store's bound
 * @param promptTokens tokens read when it was computed
 * @param completionTokens tokens generated
 * @param computeNanos what computing it took, and a hit saves
 * @param hits how often it was served
 * @param lastUsed when it was served last, or created
 * @param pinned whether it neither expires nor is evicted
 */
public record AnswerInfo(
        Digest key,
        Digest modelRoot,
        String model,
        String engine,
        AnswerKind kind,
        Scope scope,
        String question,
        String answer,
        Instant created,
        Instant expires,
        long bytes,
        int promptTokens,
        int completionTokens,
        long computeNanos,
        long hits,
        Instant lastUsed,
        boolean pinned) {
    /** Whether it is not to be served any more. */
    public boolean expired(Instant now) {
        return !pinned && !now.isBefore(expires);
    }
}
