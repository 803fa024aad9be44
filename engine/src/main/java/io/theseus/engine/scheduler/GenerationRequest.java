package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One answer to compute.
 *
 * @param prompt token ids, at least one
 * @param maxTokens most tokens to generate, at least 0 (0 = prefill only); cut to what the context leaves
 * @param sampling how each token is chosen
 * @param stop strings that end the answer; they are not part of it
 * @param endTokens token ids that end the answer; empty = the model's own end-of-generation tokens, unless {@code ignoreEnd}
 * @param ignoreEnd keep going at end-of-generation tokens (benchmarks)
 * @param echoSpecial whether the text of control tokens appears in the answer's text
 * @param deadline time from submission after which the answer is cut with {@link FinishReason#DEADLINE}
 */
public record GenerationRequest(
        int[] prompt,
        int maxTokens,
        SamplingParameters sampling,
        List<String> stop,
        Set<Integer> endTokens,
        boolean ignoreEnd,
        boolean echoSpecial,
        Optional<Duration> deadline) {
    /** Most stop strings of one request. */
    public static final int MAX_STOPS = 32;

    /** Longest stop string, in chars. */
    public static final int MAX_STOP_LENGTH = 256;

    public GenerationRequest {
        prompt = prompt.clone();
        stop = List.copyOf(stop);
        endTokens = Set.copyOf(endTokens);
        if (prompt.length == 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "the prompt is empty; it needs at least one token");
        }
        if (maxTokens < 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "max tokens is " + maxTokens + ", expected 0 or more");
        }
        if (stop.size() > MAX_STOPS) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, stop.size() + " stop strings, expected at most " + MAX_STOPS);
        }
        for (String text : stop) {
            if (text.isEmpty() || text.length() > MAX_STOP_LENGTH) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "a stop string of " + text.length() + " chars, expected 1 to " + MAX_STOP_LENGTH);
            }
            if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, "a stop string has half of a surrogate pair; no text can ever contain it");
            }
        }
    }

    /** A request with the model's own ends and no stop strings or deadline. */
    public static GenerationRequest of(int[] prompt, int maxTokens, SamplingParameters sampling) {
        return new GenerationRequest(prompt, maxTokens, sampling, List.of(), Set.of(), false, false, Optional.empty());
    }
}
