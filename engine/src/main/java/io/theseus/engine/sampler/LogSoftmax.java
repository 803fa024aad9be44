package io.theseus.engine.sampler;

import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import io.theseus.engine.tensor.ExactMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Natural log probabilities of the model's own distribution: temperature 1, before penalties, bias and cuts, as OpenAI and vLLM
 * report them.
 */
final class LogSoftmax {
    /*
     * logprob = (l - max) - ln(sum exp(l_i - max)). The sum is of integers, rint(exp * 2^40), so it is exact in any order and at
     * most 2^40 x 2^22 tokens; the error of a log probability is that of rule 10's exp, about 2^-22.
     */
    private static final float SCALE = 0x1p40f;

    private LogSoftmax() {}

    /**
     * @param logits (vocabulary), unmodified
     * @param chosen id of the token to report on
     * @param alternatives how many of the likeliest to report beside it
     */
    static Logprobs of(float[] logits, int chosen, int alternatives) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        long sum = 0;
        for (float logit : logits) {
            sum += (long) Math.rint(ExactMath.exp(logit - max) * SCALE);
        }
        double logSum = StrictMath.log(sum * 0x1p-40);
        List<TokenLogprob> top = new ArrayList<>(alternatives);
        for (int id : likeliest(logits, Math.min(alternatives, logits.length))) {
            top.add(new TokenLogprob(id, (double) logits[id] - max - logSum));
        }
        return new Logprobs((double) logits[chosen] - max - logSum, top);
    }

    /** The first {@code count} ids in the order (logit descending, id ascending). */
    private static int[] likeliest(float[] logits, int count) {
        long[] best = new long[count + 1];
        Arrays.fill(best, Long.MAX_VALUE);
        for (int id = 0; id < logits.length && count > 0; id++) {
            long key = CandidateOrder.key(logits[id], id);
            if (key < best[count - 1]) {
                int at = count - 1;
                for (; at > 0 && best[at - 1] > key; at--) {
                    best[at] = best[at - 1];
                }
                best[at] = key;
            }
        }
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = (int) best[i];
        }
        return ids;
    }
}
