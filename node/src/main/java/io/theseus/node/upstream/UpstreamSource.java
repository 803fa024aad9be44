package io.theseus.node.upstream;

import io.theseus.orchestrator.flight.Source;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request: asked of the upstream in the best health, again or elsewhere when that fails, and of a second one when it is
 * late. Once something was relayed there is no other attempt. Read by one thread at a time.
 */
final class UpstreamSource implements Source<Frame> {
    /*
     * All that happens comes as a signal into one queue, and all decisions are made by whoever polls; so there are no locks, and the only
     * other threads are those of the HTTP client. Times are looked at whenever somebody polls, which readers do without pause.
     *
     * Source: J. Dean, L. Barroso, The Tail at Scale, CACM 56(2), 2013 (hedged requests after the 95th percentile).
     */
    private static final long FIRST_BACKOFF_NANOS = Duration.ofMillis(100).toNanos();

    /** A longer Retry-After is the client's to wait for. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration LEAST_HEDGE = Duration.ofMillis(20);

    private final UpstreamClient client;
    private final List<UpstreamHost> hosts;
    private final UpstreamRequest request;
    private final boolean wantsUsage;
    private final long began;

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final List<Attempt> running = new CopyOnWriteArrayList<>();
    private final Map<Attempt, Reading> readings = new HashMap<>();
    private final Map<Attempt, Long> heard = new HashMap<>();
    private final Deque<Frame> ready = new ArrayDeque<>();
    private final List<UpstreamHost> tried = new ArrayList<>();
    private int failures;
    private boolean withoutUsage;
    private OptionalLong retryAt = OptionalLong.empty();
    private OptionalLong hedgeAt = OptionalLong.empty();
    private @Nullable Attempt winner;
    private long lastPoll;
    private volatile boolean cancelled;

    /**
     * Sends the request.
     *
     * @param hosts that serve its model, at least one, best first
     * @param wantsUsage whether token counts are asked for at the end of a stream, though the request does not
     */
    UpstreamSource(UpstreamClient client, List<UpstreamHost> hosts, UpstreamRequest request, boolean wantsUsage) {
        this.client = client;
        this.hosts = List.copyOf(hosts);
        this.request = request;
        this.wantsUsage = wantsUsage && request.stream() && !request.includeUsage();
        this.began = client.nanoTime();
        UpstreamHost first = passable(List.of());
        if (first == null) {
            ready.add(new Frame.Failed(UpstreamFault.resting(
                    request.model().isEmpty() ? "this request" : "the model '" + request.model() + "'",
                    shortestPause())));
        } else {
            launch(first, false);
        }
    }

    private Duration shortestPause() {
        return hosts.stream()
                .map(host -> host.breaker().remaining())
                .min(Duration::compareTo)
                .orElse(Duration.ofSeconds(1));
    }

    /** A host that may be asked now and is none of these; it counts as asked. */
    private @Nullable UpstreamHost passable(List<UpstreamHost> not) {
        for (UpstreamHost host : hosts) {
            if (!not.contains(host) && host.breaker().tryPass()) {
                return host;
            }
        }
        return null;
    }

    private void launch(UpstreamHost host, boolean hedge) {
        Attempt attempt = new Attempt(host, hedge, client.nanoTime(), signals::add);
        tried.add(host);
        running.add(attempt);
        heard.put(attempt, attempt.startedAt());
        try {
            client.send(attempt, request, asksUsage(host));
        } catch (RuntimeException e) {
            finish(attempt);
            host.breaker().unknown();
            throw e;
        }
        if (cancelled) {
            attempt.cancel();
            host.breaker().unknown();
        } else if (!hedge) {
            planHedge(host);
        }
    }

    private boolean asksUsage(UpstreamHost host) {
        return wantsUsage && !withoutUsage && !host.refusesUsage();
    }

    private void planHedge(UpstreamHost host) {
        hedgeAt = OptionalLong.empty();
        UpstreamSettings.Hedge hedge = client.settings().hedge();
        if (!hedge.on() || hosts.size() < 2 || request.kind() == UpstreamRequest.Kind.OTHER) {
            return;
        }
        OptionalLong after = hedge.after().isPresent()
                ? OptionalLong.of(hedge.after().get().toNanos())
                : host.times(request.stream()).p95();
        after.ifPresent(nanos -> hedgeAt = OptionalLong.of(client.nanoTime() + Math.max(LEAST_HEDGE.toNanos(), nanos)));
    }

    @Override
    public @Nullable Frame poll(long millis) throws InterruptedException {
        long entered = client.nanoTime();
        if (winner != null) {
            // What nobody waited for, as the client was slow to read, is not silence of the upstream's.
            heard.merge(winner, entered - lastPoll, Long::sum);
        }
        try {
            return await(entered + TimeUnit.MILLISECONDS.toNanos(millis));
        } finally {
            lastPoll = client.nanoTime();
        }
    }

    private @Nullable Frame await(long until) throws InterruptedException {
        while (true) {
            Frame frame = ready.poll();
            if (frame != null) {
                return frame;
            }
            Signal waiting = signals.poll();
            if (waiting != null) {
                // Before anybody is called late: this came in time.
                take(waiting);
                continue;
            }
            long now = client.nanoTime();
            act(now);
            if (!ready.isEmpty()) {
                continue;
            }
            long wait = Math.min(until, nextTime(now)) - now;
            Signal signal = wait > 0 ? signals.poll(wait, TimeUnit.NANOSECONDS) : signals.poll();
            if (signal != null) {
                take(signal);
            } else if (client.nanoTime() >= until) {
                return null;
            }
        }
    }

    /** When something is due whatever comes. */
    private long nextTime(long now) {
        long next = Math.min(retryAt.orElse(Long.MAX_VALUE), hedgeAt.orElse(Long.MAX_VALUE));
        for (Attempt attempt : running) {
            next = Math.min(next, deadline(attempt));
        }
        return Math.max(now, next);
    }

    /** When an attempt has been silent for too long. */
    private long deadline(Attempt attempt) {
        // Between the head and the first event, or the body, engines read the prompt: that may take as long as a
        // beginning.
        return attempt == winner
                ? heard(attempt) + client.settings().idle().toNanos()
                : attempt.startedAt() + client.settings().firstByte().toNanos();
    }

    private long heard(Attempt attempt) {
        return heard.getOrDefault(attempt, attempt.startedAt());
    }

    /** Does what is due. */
    private void act(long now) {
        if (retryAt.isPresent() && retryAt.getAsLong() <= now) {
            retryAt = OptionalLong.empty();
            UpstreamHost host = next();
            if (host == null) {
                ready.add(new Frame.Failed(UpstreamFault.resting("this request", shortestPause())));
            } else {
                host.retries.increment();
                launch(host, false);
            }
        }
        if (hedgeAt.isPresent() && hedgeAt.getAsLong() <= now) {
            hedgeAt = OptionalLong.empty();
            hedge();
        }
        for (Attempt attempt : running) {
            if (deadline(attempt) <= now) {
                late(attempt);
            }
        }
    }

    private void hedge() {
        if (running.size() != 1 || winner != null || !running.getFirst().host().mayHedge()) {
            return;
        }
        UpstreamHost other = passable(tried);
        if (other != null) {
            other.hedgesSent.increment();
            launch(other, true);
        }
    }

    private void late(Attempt attempt) {
        boolean begun = attempt == winner;
        Duration limit = begun ? client.settings().idle() : client.settings().firstByte();
        attempt.cancel();
        failed(
                attempt,
                UpstreamFault.late(attempt.host().upstream(), begun ? "nothing more" : "no answer", limit),
                false,
                Optional.empty());
    }

    private void take(Signal signal) {
        Attempt attempt = signal.attempt();
        if (!running.contains(attempt)) {
            return;
        }
        long now = client.nanoTime();
        switch (signal) {
            case Signal.Answered(Attempt a, int status, HttpHeaders headers) -> answered(a, status, headers, now);
            case Signal.Received(Attempt a, byte[] bytes) ->
                read(a, now, (reading, out) -> reading.received(bytes, now - began, out));
            case Signal.Completed(Attempt a) -> read(a, now, (reading, out) -> reading.completed(now - began, out));
            case Signal.Broke(Attempt a, Throwable cause) -> broke(a, cause);
        }
    }

    private void answered(Attempt attempt, int status, HttpHeaders headers, long now) {
        heard.put(attempt, now);
        if (status == 200) {
            attempt.host().firstByte(request.stream(), now - attempt.startedAt());
        }
        Reading reading = new Reading(attempt.host().upstream(), request, asksUsage(attempt.host()), status, headers);
        String refusal = reading.refusal();
        if (!refusal.isEmpty()) {
            attempt.cancel();
            failed(attempt, UpstreamFault.invalid(attempt.host().upstream(), refusal), false, Optional.empty());
            return;
        }
        if (asksUsage(attempt.host()) && (status == 400 || status == 422)) {
            // Perhaps only because of what was added to the request: as it came it may do.
            withoutUsage = true;
            attempt.cancel();
            finish(attempt);
            attempt.host().breaker().succeeded();
            launch(attempt.host(), false);
            return;
        }
        if (status == 200 && withoutUsage) {
            attempt.host().refusedUsage();
        }
        Optional<Duration> wait = retryAfter(headers);
        boolean busy = status == 429;
        boolean failing = status == 502 || status == 503 || status == 504;
        if ((failing || busy) && mayTryAgain(attempt, busy, wait)) {
            attempt.cancel();
            failed(attempt, UpstreamFault.broken(attempt.host().upstream(), "status " + status), busy, wait);
            return;
        }
        judge(attempt.host(), status, failing);
        readings.put(attempt, reading);
    }

    /** What the status says about the upstream's health; an answer still has to show that it can be completed. */
    private static void judge(UpstreamHost host, int status, boolean failing) {
        if (status >= 500) {
            host.failed();
        }
        if (failing) {
            host.breaker().failed();
        } else if (status >= 500) {
            // Some engines answer so to a request that they cannot take; it says nothing about the next one.
            host.breaker().unknown();
        } else if (status != 200) {
            host.breaker().succeeded();
        }
    }

    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        return headers.firstValue("retry-after")
                .filter(text -> text.strip().matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text.strip())));
    }

    /** Whether another attempt will be made if this one is given up. */
    private boolean mayTryAgain(Attempt attempt, boolean busy, Optional<Duration> wait) {
        if (running.size() > 1) {
            return true;
        }
        boolean elsewhere = hosts.stream()
                .anyMatch(host -> !tried.contains(host) && host.breaker().passable());
        boolean soon = wait.map(time -> time.compareTo(LONGEST_WAIT) <= 0).orElse(!busy);
        return failures < client.settings().retries() && (elsewhere || soon);
    }

    /** What a response makes of a signal. */
    private interface Step {
        void run(Reading reading, List<Frame> out);
    }

    private void read(Attempt attempt, long now, Step step) {
        Reading reading = readings.get(attempt);
        if (reading == null) {
            return;
        }
        heard(attempt, reading, now);
        List<Frame> out = new ArrayList<>();
        step.run(reading, out);
        if (!out.isEmpty() && winner == null && !(out.getFirst() instanceof Frame.Failed)) {
            win(attempt);
        }
        for (Frame frame : out) {
            if (frame instanceof Frame.Failed(UpstreamFault fault)) {
                attempt.cancel();
                failed(attempt, fault, false, Optional.empty());
                return;
            }
            ready.add(frame);
        }
        if (!out.isEmpty()) {
            heard.put(attempt, now);
        }
        if (reading.over()) {
            finish(attempt);
            if (reading.status() == 200) {
                attempt.host().succeeded();
                attempt.host().breaker().succeeded();
            }
            client.drain(attempt);
        } else {
            attempt.more();
        }
    }

    /** Of a stream only whole events count: one that trickles in byte by byte is as good as none. */
    private void heard(Attempt attempt, Reading reading, long now) {
        if (reading.form() != Frame.Form.EVENTS) {
            heard.put(attempt, now);
        }
    }

    private void win(Attempt attempt) {
        winner = attempt;
        attempt.host().breaker().begun();
        hedgeAt = OptionalLong.empty();
        retryAt = OptionalLong.empty();
        if (attempt.hedge()) {
            attempt.host().hedgesWon.increment();
        }
        for (Attempt other : running) {
            if (other != attempt) {
                other.cancel();
                finish(other);
                other.host().breaker().unknown();
            }
        }
    }

    private void broke(Attempt attempt, Throwable cause) {
        Upstream upstream = attempt.host().upstream();
        String why =
                String.valueOf(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        UpstreamFault fault = readings.containsKey(attempt)
                ? UpstreamFault.broken(upstream, why)
                : cause instanceof HttpTimeoutException
                        ? UpstreamFault.late(
                                upstream,
                                "nothing when called",
                                client.settings().connect())
                        : UpstreamFault.unreachable(upstream, why);
        failed(attempt, fault, false, Optional.empty());
    }

    /**
     * Gives an attempt up and plans another one, if that may help.
     *
     * @param busy whether the upstream only has too much to do
     * @param wait when it wants to be asked again
     */
    private void failed(Attempt attempt, UpstreamFault fault, boolean busy, Optional<Duration> wait) {
        boolean again = winner == null && mayTryAgain(attempt, busy, wait) && worthAgain(attempt, fault);
        finish(attempt);
        attempt.settle();
        if (busy) {
            attempt.host().breaker().succeeded();
        } else {
            attempt.host().failed();
            attempt.host().breaker().failed();
        }
        if (winner == null && !running.isEmpty()) {
            return;
        }
        failures++;
        if (!again) {
            ready.add(new Frame.Failed(fault));
            return;
        }
        boolean elsewhere = hosts.stream()
                .anyMatch(host -> !tried.contains(host) && host.breaker().passable());
        long delay = elsewhere ? 0 : Math.max(client.jitter(FIRST_BACKOFF_NANOS << failures), nanos(wait));
        retryAt = OptionalLong.of(client.nanoTime() + delay);
        hedgeAt = OptionalLong.empty();
    }

    /** Who kept us waiting in vain, or answered with nonsense, is not asked again; another one may be. */
    private boolean worthAgain(Attempt attempt, UpstreamFault fault) {
        return (fault.status() != 504 && !fault.code().equals(UpstreamFault.INVALID))
                || hosts.stream().anyMatch(host -> !tried.contains(host) && host != attempt.host());
    }

    private static long nanos(Optional<Duration> wait) {
        return wait.map(Duration::toNanos).orElse(0L);
    }

    /** Who is asked next: somebody new, else anybody. */
    private @Nullable UpstreamHost next() {
        UpstreamHost fresh = passable(tried);
        return fresh != null ? fresh : passable(List.of());
    }

    private void finish(Attempt attempt) {
        running.remove(attempt);
        readings.remove(attempt);
        attempt.settle();
    }

    @Override
    public void cancel() {
        cancelled = true;
        for (Attempt attempt : running) {
            attempt.cancel();
            attempt.host().breaker().unknown();
        }
    }
}
