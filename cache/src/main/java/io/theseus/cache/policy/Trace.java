package io.theseus.cache.policy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.List;

/**
 * Recorded traffic.
 *
 * @param requests in order of time
 * @param blockTokens tokens that each key of a request stands for, its last perhaps fewer
 */
public record Trace(List<Request> requests, int blockTokens) {
    public Trace {
        requests = List.copyOf(requests);
        if (requests.isEmpty()) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "the trace holds no request");
        }
        if (blockTokens < 1) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "a block of " + blockTokens + " tokens in the trace");
        }
    }

    /**
     * One prompt.
     *
     * @param seconds since some moment that is the same for all
     * @param tokens of the prompt
     * @param chain keys of its blocks; equal keys mean equal tokens up to and including that block
     */
    public record Request(double seconds, int tokens, List<Long> chain) {
        public Request {
            chain = List.copyOf(chain);
        }
    }
}
