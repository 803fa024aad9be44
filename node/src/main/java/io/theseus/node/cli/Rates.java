package io.theseus.node.cli;

import io.theseus.engine.model.StepModel;
import java.util.ArrayList;
import java.util.List;

/** Prefill and decode rates of a model, in tokens a second. */
final class Rates {
    /** Warm-up ends when a round gained less than this, or after the most rounds. */
    private static final double SETTLED = 1.03;

    private static final int MOST_WARM_UPS = 6;

    /** Generated and timed at the start of each warm-up round; enough to get the single-token path compiled. */
    private static final int WARM_UP_DECODE = 64;

    private final StepModel model;
    private final int prefillTokens;
    private final int decodeTokens;
    private final float[] logits;
    private final List<Double> prefill = new ArrayList<>();
    private final List<Double> decode = new ArrayList<>();

    Rates(StepModel model, int prefillTokens, int decodeTokens) {
        this.model = model;
        this.prefillTokens = prefillTokens;
        this.decodeTokens = decodeTokens;
        this.logits = new float[model.vocabularySize()];
    }

    /** Runs both until they get no faster. */
    void warmUp() throws InterruptedException {
        double bestPrefill = 0;
        double bestDecode = 0;
        for (int round = 0; round < MOST_WARM_UPS; round++) {
            double p = prefillRate(prefillTokens);
            double d = decodeRate(Math.min(decodeTokens, WARM_UP_DECODE));
            boolean settled = p < bestPrefill * SETTLED && d < bestDecode * SETTLED;
            bestPrefill = Math.max(p, bestPrefill);
            bestDecode = Math.max(d, bestDecode);
            if (settled) {
                return;
            }
        }
    }

    /** One round of each. */
    void measure() throws InterruptedException {
        prefill.add(prefillRate(prefillTokens));
        decode.add(decodeRate(decodeTokens));
    }

    List<Double> prefill() {
        return List.copyOf(prefill);
    }

    List<Double> decode() {
        return List.copyOf(decode);
    }

    /** The middle one, or the mean of the two in the middle. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private double prefillRate(int tokens) throws InterruptedException {
        int[] prompt = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            // Any ids will do: the arithmetic takes the same time for all.
            prompt[i] = (int) ((i * 2654435761L + 12345) % model.vocabularySize());
        }
        try (StepModel.Sequence sequence = model.newSequence()) {
            long start = System.nanoTime();
            BareModel.feed(model, sequence, prompt, tokens, logits);
            return rate(tokens, start);
        }
    }

    private double decodeRate(int tokens) throws InterruptedException {
        try (StepModel.Sequence sequence = model.newSequence()) {
            int[] next = {1};
            BareModel.feed(model, sequence, next, 1, logits);
            long start = System.nanoTime();
            for (int i = 0; i < tokens; i++) {
                next[0] = likeliest();
                BareModel.feed(model, sequence, next, 1, logits);
            }
            return rate(tokens, start);
        }
    }

    private int likeliest() {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private static double rate(int tokens, long start) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tokens * 1e9 / (System.nanoTime() - start);
    }
}
