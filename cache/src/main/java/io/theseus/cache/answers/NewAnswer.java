package io.theseus.cache.answers;

import io.theseus.cache.AnswerKind;
import io.theseus.cache.Scope;
import io.theseus.core.Digest;
import java.time.Instant;

/**
 * An answer to remember.
 *
 * @param key of the request
 * @param modelRoot of the model; for an engine without one, the hash that the caller knows its model by
 * @param question what was asked, for people; only its beginning is kept
 * @param answer the answer's text, for people; only its beginning is kept
 * @param payload the answer's bytes, in the format of {@code kind}; not to be changed afterwards
 * @param computeNanos what it took to compute
 */
public record NewAnswer(
        Digest key,
        Digest modelRoot,
        String model,
        String engine,
        AnswerKind kind,
        Scope scope,
        String question,
        String answer,
        byte[] payload,
        int promptTokens,
        int completionTokens,
        long computeNanos,
        Instant began,
        Instant ended) {}
