package io.theseus.engine.sampler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.tensor.ExactMath;
import java.util.Optional;

/**
 * Chooses the next token: a function of logits, parameters, earlier tokens, seed and position, with the same bits on every machine.
 *
 * <p>Holds scratch space for one choice at a time; what belongs to an answer is in its {@link SamplingState}. Not thread-safe.
 *
 * <p>Source: docs/numerics.md, rule 11.
 */
public final class TokenSampler {
    /*
     * Only tokens whose integer weight is not 0 can be chosen, and a cheap comparison drops the others before any is ordered. Of the
     * rest no more is ordered than the cuts and the draw need (CandidateOrder). One choice costs O(vocabulary).
     */
    /** exp(-22) * 2^30 rounds to 0, so a token this far below the best has no weight. */
    private static final float WEIGHTLESS = -22f;

    /** Below this temperature every draw would be the best token or its equal. */
    private static final float GREEDY_BELOW = 0x1p-17f;

    private static final int ONE = 1 << 30;
    private static final int WHOLE = 10_000;

    private final float[] adjusted; // (vocabulary)
    private final CandidateOrder order;

    /** @param vocabularySize number of logits */
    public TokenSampler(int vocabularySize) {
        adjusted = new float[vocabularySize];
        order = new CandidateOrder(vocabularySize);
    }

    /**
     * The token to put at {@code position}. Changes neither {@code logits} nor {@code state}.
     *
     * @param logits (vocabulary)
     * @param position of the new token in its sequence: the number of tokens before it
     * @throws TheseusException {@code NUMERIC_FAULT} if a logit is not finite
     */
    public SampledToken sample(float[] logits, SamplingState state, long position) {
        if (logits.length != adjusted.length) {
            throw new TheseusException(
                    ErrorCode.INTERNAL, logits.length + " logits for a vocabulary of " + adjusted.length);
        }
        float[] effective = logits;
        if (state.adjusts()) {
            System.arraycopy(logits, 0, adjusted, 0, logits.length);
            state.adjust(adjusted);
            effective = adjusted;
        }
        int best = best(effective);
        SamplingParameters parameters = state.parameters();
        boolean greedy = parameters.temperature() < GREEDY_BELOW || parameters.topK() == 1;
        int id = greedy ? best : draw(effective, effective[best], state, position);
        int alternatives = parameters.topLogprobs();
        Optional<Logprobs> logprobs =
                alternatives < 0 ? Optional.empty() : Optional.of(LogSoftmax.of(logits, id, alternatives));
        return new SampledToken(id, logprobs);
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            if (!(Math.abs(logit) <= Float.MAX_VALUE)) {
                throw new TheseusException(
                        ErrorCode.NUMERIC_FAULT,
                        "the logit of token " + id + " is " + logit + "; the model file or its arithmetic is broken");
            }
            if (logit > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private int draw(float[] logits, float max, SamplingState state, long position) {
        SamplingParameters parameters = state.parameters();
        float inverse = 1f / parameters.temperature();
        order.clear();
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            if ((logit - max) * inverse > WEIGHTLESS) {
                order.add(logit, id);
            }
        }
        if (parameters.topK() > 0) {
            order.cutAt(parameters.topK());
        }
        for (int i = 0; i < order.size(); i++) {
            order.weigh(i, (int) Math.rint(ExactMath.exp((order.logit(i) - max) * inverse) * ONE));
        }
        long topP = tenThousandths(parameters.topP());
        if (topP < WHOLE) {
            order.cutAt(Math.max(1, Math.ceilDiv(topP * order.totalWeight(), WHOLE)));
        }
        long minP = tenThousandths(parameters.minP());
        if (minP > 0) {
            order.keepFrom(Math.ceilDiv(minP * ONE, WHOLE));
        }
        long target = Math.unsignedMultiplyHigh(state.draw(position), order.totalWeight());
        order.cutAt(target + 1);
        return order.id(order.size() - 1);
    }

    private static long tenThousandths(float fraction) {
        return (long) Math.rint((double) fraction * WHOLE);
    }
}
