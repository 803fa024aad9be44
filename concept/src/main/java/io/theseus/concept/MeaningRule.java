package io.theseus.concept;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Decides whether two texts ask the same, from the cosine of their sentence embeddings and the agreement of their graphs.
 *
 * @param floor least cosine ever accepted
 * @param perCost by how much each unit of small differences raises the cosine that is asked for
 * @param budget the greatest sum of small differences ever accepted
 */
public record MeaningRule(double floor, double perCost, double budget) {
    /** The mission's threshold; price and budget of small differences were tuned on real question pairs (decision 070). */
    public static final MeaningRule STANDARD = new MeaningRule(0.92, 0.01, 0.7);

    /**
     * A decision with its reasons.
     *
     * @param same whether the answer to one serves the other
     * @param why short sentences for people; empty when nothing differs
     */
    public record Decision(boolean same, List<String> why) {
        /** Copies its list. */
        public Decision {
            why = List.copyOf(why);
        }
    }

    /** @throws IllegalArgumentException if the floor is outside [0, 1] or the price is negative */
    public MeaningRule {
        if (!(floor >= 0 && floor <= 1) || !(perCost >= 0)) {
            throw new IllegalArgumentException(
                    "floor " + floor + " must be in [0, 1], price " + perCost + " at least 0");
        }
    }

    /** Decides. */
    public Decision decide(double cosine, Agreement agreement) {
        List<String> why = new ArrayList<>();
        agreement.differences().forEach(difference -> why.add(difference.text()));
        double needed = floor + perCost * agreement.cost();
        boolean close = cosine >= needed;
        if (!close) {
            why.add(String.format(
                    Locale.ROOT, "cosine %.4f is below the %.4f that these differences ask for", cosine, needed));
        }
        boolean afforded = agreement.cost() <= budget;
        if (agreement.agrees() && !afforded) {
            why.add(String.format(
                    Locale.ROOT, "small differences add up to %.2f, more than %.2f", agreement.cost(), budget));
        }
        return new Decision(close && afforded && agreement.agrees(), why);
    }
}
