package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Failed;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Prefill;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.orchestrator.Provenance;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.Recalled;
import io.theseus.orchestrator.RememberingEngine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Runs answers on an engine and brings their events to a sink, for as long as somebody listens. */
final class Answering {
    private final Semaphore slots;
    private final int maxSlots;
    private final Duration keepAlive;
    private final Metrics metrics;

    Answering(HttpConfig config, Metrics metrics) {
        this.maxSlots = config.maxConcurrentRequests();
        this.slots = new Semaphore(maxSlots);
        this.keepAlive = config.keepAliveInterval();
        this.metrics = metrics;
    }

    /** A place among the requests that are worked on; closing gives it back. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes a place before a request's prompt is rendered.
     *
     * @throws ApiException status 429 if there is none
     */
    Slot enter() {
        if (!slots.tryAcquire()) {
            throw ApiError.busy(
                    "This node is answering " + maxSlots + " requests already; try again in a moment.",
                    Duration.ofSeconds(1));
        }
        return slots::release;
    }

    /**
     * Computes the answers and returns when the last has ended.
     *
     * @throws ClientGone if the client left; then nothing of the answers runs any more
     * @throws ApiException if an answer cannot be completed
     */
    void run(
            Exchange exchange,
            RememberingEngine engine,
            List<GenerationRequest> requests,
            Recall recall,
            AnswerSink sink)
            throws InterruptedException {
        long submitted = System.nanoTime();
        List<Recalled> answers = engine.recall(requests, recall);
        List<Provenance> from = answers.stream().map(Recalled::provenance).toList();
        exchange.answeredFrom(from);
        try (GenerationFeed feed =
                new GenerationFeed(answers.stream().map(Recalled::generation).toList())) {
            if (!from.stream().allMatch(Answering::isThere)) {
                exchange.client().watch(feed::cancel);
            }
            pump(exchange, feed, new long[requests.size()], submitted, sink);
        } finally {
            exchange.client().unwatch();
        }
        sink.complete();
    }

    private static boolean isThere(Provenance provenance) {
        return provenance instanceof Provenance.Remembered || provenance instanceof Provenance.Meant;
    }

    /** @param lastToken when each answer's last token came, 0 = none yet */
    private void pump(Exchange exchange, GenerationFeed feed, long[] lastToken, long submitted, AnswerSink sink)
            throws InterruptedException {
        int open = lastToken.length;
        long quietSince = System.nanoTime();
        while (open > 0) {
            long quiet = System.nanoTime() - quietSince;
            long wait = Math.max(1, keepAlive.minusNanos(quiet).toMillis());
            GenerationFeed.@Nullable Event next = feed.poll(wait);
            if (exchange.client().isGone()) {
                throw new ClientGone(null);
            }
            boolean sent = next != null && deliver(next, lastToken, submitted, sink);
            if (next != null && next.event() instanceof Finished) {
                open--;
            }
            if (sent) {
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince >= keepAlive.toNanos()) {
                sink.idle();
                quietSince = System.nanoTime();
            }
        }
    }

    /** Whether the sink was given something. */
    private boolean deliver(GenerationFeed.Event next, long[] lastToken, long submitted, AnswerSink sink) {
        return switch (next.event()) {
            case Prefill prefill -> false;
            case Token token -> {
                measure(next.index(), lastToken, submitted);
                sink.token(next.index(), token);
                yield !token.text().isEmpty();
            }
            case Finished finished -> {
                metrics.answered(finished.usage());
                requireComplete(finished);
                sink.finished(next.index(), finished);
                yield true;
            }
            case Failed failed -> throw ApiError.from(failed.cause()).exception();
        };
    }

    private void measure(int index, long[] lastToken, long submitted) {
        long now = System.nanoTime();
        if (lastToken[index] == 0) {
            metrics.firstToken(now - submitted);
        } else {
            metrics.nextToken(now - lastToken[index]);
        }
        lastToken[index] = now;
    }

    private static void requireComplete(GenerationEvent.Finished finished) {
        switch (finished.reason()) {
            case STOP, LENGTH -> {}
            case CANCELLED -> throw ApiError.of(500, "server_error", "cancelled", "The answer was cancelled.");
            case DEADLINE ->
                throw ApiError.of(
                        504,
                        "server_error",
                        "deadline_exceeded",
                        "The answer took longer than this node allows; ask for fewer tokens.");
            case SHUTDOWN ->
                throw ApiError.unavailable(
                        "shutting_down", "This node shut down before the answer was complete; ask another node.");
        }
    }
}
