package io.theseus.node.upstream;

import java.time.Duration;
import java.util.Optional;

/**
 * Why there is no answer, as our client hears it.
 *
 * @param status HTTP status
 * @param code a stable word for programs
 * @param message what failed and what to do
 * @param retryAfter when asking again may help
 */
public record UpstreamFault(int status, String code, String message, Optional<Duration> retryAfter) {
    /** The code of what {@link #invalid} makes. */
    static final String INVALID = "upstream_invalid_response";

    /** The code of what {@link #refused} makes. */
    static final String REFUSED = "upstream_error";

    static UpstreamFault unreachable(Upstream upstream, String why) {
        return bad("upstream_unreachable", "The upstream " + upstream.name() + " cannot be reached: " + why + ".");
    }

    static UpstreamFault broken(Upstream upstream, String why) {
        return bad("upstream_broken", "The upstream " + upstream.name() + " broke off its answer: " + why + ".");
    }

    static UpstreamFault refused(Upstream upstream, int status) {
        return bad(REFUSED, "The upstream " + upstream.name() + " answered with status " + status + ".");
    }

    static UpstreamFault invalid(Upstream upstream, String why) {
        return bad(INVALID, "The upstream " + upstream.name() + " sent no usable answer: " + why + ".");
    }

    static UpstreamFault late(Upstream upstream, String what, Duration limit) {
        return new UpstreamFault(
                504,
                "upstream_timeout",
                "The upstream " + upstream.name() + " sent " + what + " for " + limit.toMillis()
                        + " ms; ask again, or raise the limit.",
                Optional.empty());
    }

    static UpstreamFault resting(String model, Duration pause) {
        return new UpstreamFault(
                503,
                "upstream_unavailable",
                "No upstream for " + model + " is in order; they failed several times and are left alone for a moment.",
                Optional.of(pause));
    }

    private static UpstreamFault bad(String code, String message) {
        return new UpstreamFault(502, code, message, Optional.empty());
    }
}
