package io.theseus.node.cli;

import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.GenerationRequest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How answers are chosen and how long they may be. */
final class SamplingOptions {
    /** Enough for any usual answer; a small model that repeats itself must end some time. */
    private static final int DEFAULT_MAX_TOKENS = 1024;

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "Most tokens of an answer. Default: " + DEFAULT_MAX_TOKENS + ".")
    int maxTokens = DEFAULT_MAX_TOKENS;

    @Option(
            names = {"-t", "--temperature"},
            paramLabel = "T",
            description = "0 = always the likeliest token, so the same question gets the same answer; higher is more"
                    + " random. Default: 0.")
    float temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Keep the K likeliest tokens; 0 = all. Default: 0.")
    int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Keep the likeliest tokens that together have this probability. Default: 1.")
    float topP = 1;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Drop tokens less likely than this share of the likeliest. Default: 0.")
    float minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "Above 1 makes tokens that were seen less likely. Default: 1.")
    float repetitionPenalty = 1;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the random draws; the same seed gives the same answer, bit for bit. Default: a new one.")
    @Nullable
    Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End the answer before this text; may be repeated.")
    List<String> stop = new ArrayList<>();

    /** The parameters, with a seed of their own for each call if none was given. */
    SamplingParameters parameters() {
        long drawn = 0;
        if (seed != null) {
            drawn = seed;
        } else if (temperature > 0) {
            // Seeds of JavaScript clients must survive a double.
            drawn = new SecureRandom().nextLong(1L << 53);
        }
        return new SamplingParameters(temperature, topK, topP, minP, repetitionPenalty, 0f, 0f, Map.of(), drawn, -1);
    }

    /** Whether asking again gives the same answer. */
    boolean repeatable() {
        return seed != null || temperature == 0;
    }

    /** A request for an answer to {@code prompt}. */
    GenerationRequest request(int[] prompt, SamplingParameters parameters) {
        return new GenerationRequest(prompt, maxTokens, parameters, stop, Set.of(), false, false, Optional.empty());
    }
}
