package io.theseus.engine.closeness;

/** Distances between two vectors of logits. */
final class Distance {
    private Distance() {}

    /** Largest absolute difference. */
    static float maximum(float[] truth, float[] other) {
        float max = 0;
        for (int i = 0; i < truth.length; i++) {
            float d = Math.abs(truth[i] - other[i]);
            // A NaN must not hide: it is farther away than anything.
            max = d <= max ? max : Float.isNaN(d) ? Float.POSITIVE_INFINITY : d;
        }
        return max;
    }

    /** Root mean square of the differences. */
    static double rms(float[] truth, float[] other) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += ((double) truth[i] - other[i]) * ((double) truth[i] - other[i]);
        }
        return Math.sqrt(sum / truth.length);
    }

    /** The largest logit's id, the lowest among equals. */
    static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Negative natural logarithm of the probability of {@code id}, in nats. */
    static double surprise(float[] logits, int id) {
        return logSum(logits) - logits[id];
    }

    /** Kullback-Leibler divergence of the softmax of {@code other} from that of {@code truth}, in nats. */
    static double divergence(float[] truth, float[] other) {
        double truthSum = logSum(truth);
        double otherSum = logSum(other);
        double divergence = 0;
        for (int i = 0; i < truth.length; i++) {
            double logP = truth[i] - truthSum;
            divergence += Math.exp(logP) * (logP - (other[i] - otherSum));
        }
        return divergence;
    }

    private static double logSum(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float l : logits) {
            max = Math.max(max, l);
        }
        double sum = 0;
        for (float l : logits) {
            sum += Math.exp(l - max);
        }
        return max + Math.log(sum);
    }
}
