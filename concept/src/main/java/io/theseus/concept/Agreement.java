package io.theseus.concept;

import java.util.List;

/**
 * How two graphs compare.
 *
 * @param differences what differs, decisive differences first; empty if nothing does
 * @param shared weight of the ideas they share
 */
public record Agreement(List<Difference> differences, double shared) {
    /** Copies its list. */
    public Agreement {
        differences = List.copyOf(differences);
    }

    /** Whether no difference is decisive; small ones may remain. */
    public boolean agrees() {
        return differences.stream().noneMatch(Difference::isDecisive);
    }

    /** The sum of the costs of what is not decisive. */
    public double cost() {
        return differences.stream()
                .filter(difference -> !difference.isDecisive())
                .mapToDouble(Difference::cost)
                .sum();
    }
}
