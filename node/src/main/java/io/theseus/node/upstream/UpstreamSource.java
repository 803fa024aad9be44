package io.theseus.node.upstream;

import io.theseus.orchestrator.flight.Source;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
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
     */
    private final UpstreamClient client;
    private final UpstreamRequest request;
    private final AttemptPlan plan;
    private final boolean wantsUsage;
    private final long began;

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Race race;
    private final Deque<Frame> ready = new ArrayDeque<>();
    private boolean withoutUsage;
    private @Nullable UpstreamFault lastFault;
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
        this.request = request;
        this.race = new Race(client.settings());
        this.plan = new AttemptPlan(client, hosts, request);
        this.wantsUsage = wantsUsage && request.stream() && !request.includeUsage();
        this.began = client.nanoTime();
        launchNext();
    }

    private void launchNext() {
        UpstreamHost host = plan.next();
        if (host != null) {
            if (lastFault != null) {
                host.retries.increment();
            }
            launch(host, false);
        } else {
            ready.add(new Frame.Failed(lastFault != null ? lastFault : plan.resting()));
        }
    }

    private void launch(UpstreamHost host, boolean hedge) {
        boolean addsUsage = wantsUsage && !withoutUsage && !host.refusesUsage();
        Attempt attempt = new Attempt(host, hedge, addsUsage, client.nanoTime(), signals::add);
        race.enter(attempt);
        try {
            client.send(attempt, request);
        } catch (RuntimeException e) {
            race.finish(attempt);
            host.breaker().unknown();
            throw e;
        }
        if (cancelled) {
            attempt.cancel();
            host.breaker().unknown();
        } else {
            plan.asked(host, hedge);
        }
    }

    @Override
    public @Nullable Frame poll(long millis) throws InterruptedException {
        long entered = client.nanoTime();
        race.absent(entered - lastPoll);
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
            long wait = Math.min(until, Math.min(plan.nextTime(), race.nextDeadline())) - now;
            Signal signal = wait > 0 ? signals.poll(wait, TimeUnit.NANOSECONDS) : null;
            if (signal != null) {
                take(signal);
            } else if (client.nanoTime() >= until) {
                return null;
            }
        }
    }

    /** Does what is due. */
    private void act(long now) {
        if (plan.takeRetry(now)) {
            launchNext();
        }
        if (plan.takeHedge(now)
                && race.alone().map(late -> late.host().mayHedge()).orElse(false)) {
            UpstreamHost other = plan.other();
            if (other != null) {
                other.hedgesSent.increment();
                launch(other, true);
            }
        }
        for (Attempt attempt : race.late(now)) {
            giveUp(attempt, race.lateness(attempt));
        }
    }

    private void take(Signal signal) {
        Attempt attempt = signal.attempt();
        if (!race.has(attempt)) {
            return;
        }
        long now = client.nanoTime();
        switch (signal) {
            case Signal.Answered(Attempt a, int status, HttpHeaders headers) ->
                answered(a, new ResponseHead(a.host().upstream(), request, status, headers), now);
            case Signal.Received(Attempt a, byte[] bytes) ->
                read(a, now, (reading, out) -> reading.received(bytes, now - began, out));
            case Signal.Completed(Attempt a) -> read(a, now, (reading, out) -> reading.completed(now - began, out));
            case Signal.Broke(Attempt a, Throwable cause) ->
                giveUp(a, a.fault(cause, client.settings().connect()));
        }
    }

    private void answered(Attempt attempt, ResponseHead head, long now) {
        UpstreamHost host = attempt.host();
        String refusal = head.refusal();
        if (!refusal.isEmpty()) {
            giveUp(attempt, UpstreamFault.invalid(host.upstream(), refusal));
            return;
        }
        int status = head.status();
        if (attempt.addsUsage() && (status == 400 || status == 422)) {
            // Perhaps only because of what was added to the request: as it came it may do.
            withoutUsage = true;
            attempt.cancel();
            race.finish(attempt);
            host.breaker().succeeded();
            launch(host, false);
            return;
        }
        if (head.passing() && (race.size() > 1 || plan.mayTryAgain(status == 429, head.retryAfter()))) {
            attempt.cancel();
            failed(attempt, UpstreamFault.refused(host.upstream(), status), status == 429, head.retryAfter());
            return;
        }
        if (status == 200) {
            host.firstByte(request.stream(), now - attempt.startedAt());
            if (withoutUsage) {
                host.refusedUsage();
            }
        }
        host.answered(status);
        attempt.reads(new Reading(head, request, attempt.addsUsage()));
    }

    /** What a response makes of a signal. */
    private interface Step {
        void run(Reading reading, List<Frame> out);
    }

    private void read(Attempt attempt, long now, Step step) {
        Reading reading = attempt.reading();
        if (reading == null) {
            return;
        }
        List<Frame> out = new ArrayList<>();
        step.run(reading, out);
        if (!out.isEmpty() && !race.won() && !(out.getFirst() instanceof Frame.Failed)) {
            race.win(attempt, now);
            plan.settled();
        }
        for (Frame frame : out) {
            if (frame instanceof Frame.Failed(UpstreamFault fault)) {
                giveUp(attempt, fault);
                return;
            }
            ready.add(frame);
        }
        // Of a stream only whole events count: one that trickles in byte by byte is as good as none.
        if (!out.isEmpty()) {
            race.heard(now);
        }
        if (reading.over()) {
            race.finish(attempt);
            if (reading.head().status() == 200) {
                attempt.host().succeeded();
            }
            client.drain(attempt);
        } else {
            attempt.more();
        }
    }

    private void giveUp(Attempt attempt, UpstreamFault fault) {
        attempt.cancel();
        failed(attempt, fault, false, Optional.empty());
    }

    /** Plans another attempt, if that may help; else the client is told. */
    private void failed(Attempt attempt, UpstreamFault fault, boolean busy, Optional<Duration> wait) {
        race.finish(attempt);
        attempt.host().failed(busy);
        if (!race.won() && race.size() > 0) {
            return;
        }
        if (!race.won() && plan.again(fault, busy, wait)) {
            lastFault = fault;
        } else {
            ready.add(new Frame.Failed(fault));
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        race.cancel();
    }
}
