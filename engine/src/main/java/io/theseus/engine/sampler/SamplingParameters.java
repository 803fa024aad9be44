package io.theseus.engine.sampler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.List;
import java.util.Map;

/**
 * How the next token is chosen. Ranges are those of the OpenAI API where it has the parameter, llama.cpp's otherwise.
 *
 * @param temperature 0 = greedy; larger is more random, at most 100
 * @param topK keep the k likeliest; 0 = all
 * @param topP keep the shortest prefix with this much probability; 1 = all
 * @param minP drop tokens less likely than this fraction of the likeliest; 0 = none
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen; 1 = off
 * @param frequencyPenalty subtracted once per occurrence in the answer; 0 = off
 * @param presencePenalty subtracted once if in the answer; 0 = off
 * @param logitBias added to the logits of these ids
 * @param seed of the random draw; the same seed gives the same bits
 * @param topLogprobs how many alternatives to report with each token; -1 = no log probabilities at all
 */
public record SamplingParameters(
        float temperature,
        int topK,
        float topP,
        float minP,
        float repetitionPenalty,
        float frequencyPenalty,
        float presencePenalty,
        Map<Integer, Float> logitBias,
        long seed,
        int topLogprobs) {
    /** Most alternatives that can be reported per token. */
    public static final int MAX_TOP_LOGPROBS = 20;

    public static final SamplingParameters GREEDY = new SamplingParameters(0f, 0, 1f, 0f, 1f, 0f, 0f, Map.of(), 0, -1);

    public SamplingParameters {
        logitBias = Map.copyOf(logitBias);
        check("temperature", temperature, 0, 100);
        check("top_k", topK, 0, Integer.MAX_VALUE);
        check("top_p", topP, 0, 1);
        check("min_p", minP, 0, 1);
        check("repetition_penalty", repetitionPenalty, 0.01f, 100);
        check("frequency_penalty", frequencyPenalty, -2, 2);
        check("presence_penalty", presencePenalty, -2, 2);
        check("top_logprobs", topLogprobs, -1, MAX_TOP_LOGPROBS);
        for (float bias : logitBias.values()) {
            check("logit_bias", bias, -100, 100);
        }
    }

    private static void check(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new TheseusException(ErrorCode.BAD_INPUT, name + " is " + value + ", expected " + min + " to " + max);
        }
    }

    /** A copy for the {@code n}-th of several answers to one request: same parameters, another seed. */
    public SamplingParameters withSeed(long newSeed) {
        return new SamplingParameters(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                frequencyPenalty,
                presencePenalty,
                logitBias,
                newSeed,
                topLogprobs);
    }

    /** Alternatives by id and natural log probability. */
    public record TokenLogprob(int id, double logprob) {}

    /** What is known about a chosen token's probability; {@code top} in descending order. */
    public record Logprobs(double logprob, List<TokenLogprob> top) {
        public Logprobs {
            top = List.copyOf(top);
        }
    }
}
