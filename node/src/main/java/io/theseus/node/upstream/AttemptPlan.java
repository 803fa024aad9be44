package io.theseus.node.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Whom a request is sent to, when it is sent again after a failure, and when to a second one as well. Used by one thread. */
final class AttemptPlan {
    /*
     * Source: J. Dean, L. Barroso, The Tail at Scale, CACM 56(2), 2013 (hedged requests after the 95th percentile).
     */
    private static final long FIRST_BACKOFF_NANOS = Duration.ofMillis(100).toNanos();

    /** A longer Retry-After is the client's to wait for. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration LEAST_HEDGE = Duration.ofMillis(20);

    private final UpstreamClient client;
    private final List<UpstreamHost> hosts;
    private final UpstreamRequest request;
    private final List<UpstreamHost> tried = new ArrayList<>();
    private int failures;
    private OptionalLong retryAt = OptionalLong.empty();
    private OptionalLong hedgeAt = OptionalLong.empty();

    /** @param hosts that serve the request's model, best first */
    AttemptPlan(UpstreamClient client, List<UpstreamHost> hosts, UpstreamRequest request) {
        this.client = client;
        this.hosts = List.copyOf(hosts);
        this.request = request;
    }

    /** Who is asked next: somebody new, else anybody who may be asked now; null if there is none. The breaker counts it as asked. */
    @Nullable
    UpstreamHost next() {
        UpstreamHost fresh = other();
        return fresh != null ? fresh : passable(List.of());
    }

    /** Who may be asked now and was not yet; null if there is none. The breaker counts it as asked. */
    @Nullable
    UpstreamHost other() {
        return passable(tried);
    }

    private @Nullable UpstreamHost passable(List<UpstreamHost> not) {
        for (UpstreamHost host : hosts) {
            if (!not.contains(host) && host.breaker().tryPass()) {
                return host;
            }
        }
        return null;
    }

    /** Takes note that a host is being asked, and plans when another one is if this one is late. */
    void asked(UpstreamHost host, boolean hedge) {
        tried.add(host);
        hedgeAt = OptionalLong.empty();
        UpstreamSettings.Hedge how = client.settings().hedge();
        if (hedge || !how.on() || hosts.size() < 2 || request.kind() == UpstreamRequest.Kind.OTHER) {
            return;
        }
        OptionalLong after = how.after().isPresent()
                ? OptionalLong.of(how.after().get().toNanos())
                : host.times(request.stream()).p95();
        after.ifPresent(nanos -> hedgeAt = OptionalLong.of(client.nanoTime() + Math.max(LEAST_HEDGE.toNanos(), nanos)));
    }

    /** An answer has begun: nothing is sent any more. */
    void settled() {
        retryAt = OptionalLong.empty();
        hedgeAt = OptionalLong.empty();
    }

    /** When something is due next, as {@link UpstreamClient#nanoTime}. */
    long nextTime() {
        return Math.min(retryAt.orElse(Long.MAX_VALUE), hedgeAt.orElse(Long.MAX_VALUE));
    }

    /** Whether it is time to ask again; says so once. */
    boolean takeRetry(long now) {
        boolean due = retryAt.isPresent() && retryAt.getAsLong() <= now;
        retryAt = due ? OptionalLong.empty() : retryAt;
        return due;
    }

    /** Whether it is time to ask a second one; says so once. */
    boolean takeHedge(long now) {
        boolean due = hedgeAt.isPresent() && hedgeAt.getAsLong() <= now;
        hedgeAt = due ? OptionalLong.empty() : hedgeAt;
        return due;
    }

    /**
     * Whether another attempt would follow if this one failed.
     *
     * @param busy whether the upstream only has too much to do
     * @param wait when it wants to be asked again
     */
    boolean mayTryAgain(boolean busy, Optional<Duration> wait) {
        boolean soon = wait.map(time -> time.compareTo(LONGEST_WAIT) <= 0).orElse(!busy);
        return failures < client.settings().retries() && (elsewhere() || soon);
    }

    private boolean elsewhere() {
        return hosts.stream()
                .anyMatch(host -> !tried.contains(host) && host.breaker().passable());
    }

    /**
     * Plans what follows a failure.
     *
     * @return whether another attempt follows
     */
    boolean again(UpstreamFault fault, boolean busy, Optional<Duration> wait) {
        boolean may = mayTryAgain(busy, wait) && worthAgain(fault);
        failures++;
        if (!may || hosts.stream().noneMatch(host -> host.breaker().passable())) {
            return false;
        }
        long pause = wait.map(Duration::toNanos).orElse(0L);
        long delay = elsewhere() ? 0 : Math.max(client.jitter(FIRST_BACKOFF_NANOS << failures), pause);
        retryAt = OptionalLong.of(client.nanoTime() + delay);
        hedgeAt = OptionalLong.empty();
        return true;
    }

    /** Who kept us waiting in vain, or answered with nonsense, is not asked again; another one may be. */
    private boolean worthAgain(UpstreamFault fault) {
        return (fault.status() != 504 && !fault.code().equals(UpstreamFault.INVALID)) || elsewhere();
    }

    /** What is said if nobody may be asked now. */
    UpstreamFault resting() {
        Duration pause = hosts.stream()
                .map(host -> host.breaker().remaining())
                .min(Duration::compareTo)
                .orElse(Duration.ofSeconds(1));
        return UpstreamFault.resting(
                request.model().isEmpty() ? "this request" : "the model '" + request.model() + "'", pause);
    }
}
