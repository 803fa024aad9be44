package io.theseus.cache.semantic;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/**
 * What share of the answers served by meaning may be wrong.
 *
 * @param share 0.0001 to 0.5
 */
public record ErrorBound(double share) {
    public static final ErrorBound DEFAULT = new ErrorBound(0.01);

    /** How sure the statistics must be that the bound holds: 1 - this. */
    static final double DOUBT = 0.05;

    /** @throws TheseusException {@link ErrorCode#BAD_INPUT} outside of the range */
    public ErrorBound {
        if (!(share >= 0.0001 && share <= 0.5)) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "an error bound of " + 100 * share + "%; expected 0.01% to 50%");
        }
    }

    /** Checked outcomes, all right, from which on the bound is believed to hold: (1 - share)^n = doubt. */
    double outcomesNeeded() {
        return -Math.log(DOUBT) / share;
    }
}
