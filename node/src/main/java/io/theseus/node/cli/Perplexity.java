package io.theseus.node.cli;

import io.theseus.engine.model.StepModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Perplexity of a text in chunks, each computed alone and scored in its second half, so that every scored token has at least
 * half a chunk of context.
 *
 * <p>Source: the definition of llama.cpp's perplexity tool without a stride.
 */
final class Perplexity {
    /** Positions whose logits come at once; bounds the memory of a step. */
    private static final int STEP = 64;

    private final StepModel model;
    private final int context;
    private final List<Double> running = new ArrayList<>();
    private double sum;
    private double squares;
    private long scored;

    Perplexity(StepModel model, int context) {
        this.model = model;
        this.context = context;
    }

    /** Scores one chunk of {@code context} tokens. */
    void add(int[] tokens) {
        try (StepModel.Sequence sequence = model.newSequence()) {
            for (int from = 0; from < context - 1; from += STEP) {
                int start = from;
                int end = Math.min(from + STEP, context - 1);
                int first = Math.clamp(context / 2 - start, 0, end - start);
                model.step(List.of(new StepModel.Chunk(
                        sequence,
                        Arrays.copyOfRange(tokens, start, end),
                        first,
                        (index, logits) -> score(logits, tokens[start + index + 1]))));
            }
        }
        running.add(perplexity());
    }

    private void score(float[] logits, int token) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double total = 0;
        for (float logit : logits) {
            total += StrictMath.exp(logit - max);
        }
        double nll = StrictMath.log(total) + max - logits[token];
        sum += nll;
        squares += nll * nll;
        scored++;
    }

    /** Mean negative log-likelihood of the scored tokens, nats. */
    double mean() {
        return sum / scored;
    }

    /** exp of {@link #mean}. */
    double perplexity() {
        return StrictMath.exp(mean());
    }

    /** Standard error of {@link #perplexity}, to first order. */
    double standardError() {
        double variance = squares / scored - mean() * mean();
        return scored < 2 ? 0 : perplexity() * StrictMath.sqrt(Math.max(0, variance) / (scored - 1));
    }

    /** Tokens scored so far. */
    long scored() {
        return scored;
    }

    /** {@link #perplexity} after each chunk. */
    List<Double> running() {
        return List.copyOf(running);
    }
}
