package io.theseus.engine.scheduler;

/**
 * How many prompt tokens a step may compute so that it ends in time: while answers stream, within the gap that their readers may
 * notice; otherwise within what a cancellation or a newcomer may wait. Learned from the steps themselves.
 *
 * <p>Source: chunked prefill with a token budget: Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with
 * Sarathi-Serve", OSDI 2024.
 */
final class PrefillPace {
    /** Before anything has been measured. */
    private static final int FIRST_GUESS = 64;

    /** Kernels work on several tokens at once; ragged chunks waste some. */
    private static final int MULTIPLE = 16;

    /** A cost per token learned from fewer tokens would mostly be the cost of a step. */
    private static final int FEWEST_TO_LEARN_FROM = 8;

    /** Weight of the newest measurement. A cost that falls is believed sooner: warming up ends, a disturbance passes. */
    private static final double NEWEST_HIGHER = 0.5;

    private static final double NEWEST_LOWER = 0.8;

    private final SchedulerSettings settings;
    private double nanosPerToken;
    private double nanosPerDecodeStep;

    PrefillPace(SchedulerSettings settings) {
        this.settings = settings;
    }

    /** Prompt tokens for the next step, beside one token for each of {@code decodes} streaming answers. */
    int budget(int decodes) {
        if (nanosPerToken == 0) {
            return clamp(FIRST_GUESS);
        }
        long target = (decodes > 0 ? settings.streamingStep() : settings.idleStep()).toNanos();
        double left = target - (decodes > 0 ? nanosPerDecodeStep : 0);
        int tokens = (int) Math.min(left / nanosPerToken, settings.maxPrefillTokens());
        return clamp(tokens >= 2 * MULTIPLE ? tokens - tokens % MULTIPLE : tokens);
    }

    private int clamp(int tokens) {
        return Math.clamp(tokens, settings.minPrefillTokens(), settings.maxPrefillTokens());
    }

    /** Learns from a finished step. */
    void measured(int decodes, int prefillTokens, long nanos) {
        if (prefillTokens == 0) {
            nanosPerDecodeStep = blend(nanosPerDecodeStep, (double) nanos);
        } else if (prefillTokens >= FEWEST_TO_LEARN_FROM) {
            double own = nanos - (decodes > 0 ? nanosPerDecodeStep : 0);
            nanosPerToken = blend(nanosPerToken, Math.max(own, nanos * 0.1) / prefillTokens);
        }
    }

    private static double blend(double average, double value) {
        double weight = value < average ? NEWEST_LOWER : NEWEST_HIGHER;
        return average == 0 ? value : average + weight * (value - average);
    }

    /** Of computing one more prompt token in a step; 0 = not known yet. */
    double nanosPerToken() {
        return nanosPerToken;
    }

    /** Prompt tokens a second, as far as known; for estimates. */
    double tokensPerSecond() {
        return nanosPerToken == 0 ? 0 : 1e9 / nanosPerToken;
    }
}
