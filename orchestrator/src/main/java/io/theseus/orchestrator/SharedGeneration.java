package io.theseus.orchestrator;

import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Failed;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Prefill;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.orchestrator.flight.Seat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One caller's view of a computation that others may read too: with a deadline and an end of its own. */
final class SharedGeneration implements Generation {
    /** A deadline beyond this is none; it might not even fit into nanoseconds. */
    private static final Duration FAR = Duration.ofDays(3650);

    private static final long LONG_MILLIS = 60_000;

    private final Seat<GenerationEvent> seat;
    private final int promptTokens;
    private final LongSupplier nanoTime;
    private final long submittedAt;
    private final Optional<Long> deadlineNanos;
    private int tokens;
    private volatile boolean cancelled;
    private @Nullable GenerationEvent end;

    /** @param nanoTime a clock for the deadline */
    SharedGeneration(Seat<GenerationEvent> seat, GenerationRequest request, LongSupplier nanoTime) {
        this.seat = seat;
        this.nanoTime = nanoTime;
        promptTokens = request.prompt().length;
        submittedAt = nanoTime.getAsLong();
        deadlineNanos =
                request.deadline().filter(limit -> limit.compareTo(FAR) < 0).map(Duration::toNanos);
    }

    @Override
    public GenerationEvent next() throws InterruptedException {
        GenerationEvent event = null;
        while (event == null) {
            event = poll(LONG_MILLIS);
        }
        return event;
    }

    @Override
    public @Nullable GenerationEvent poll(long millis) throws InterruptedException {
        if (end != null) {
            return end;
        }
        if (cancelled) {
            return end(FinishReason.CANCELLED);
        }
        long left = leftNanos();
        if (left <= 0) {
            seat.close();
            return end(FinishReason.DEADLINE);
        }
        try {
            GenerationEvent event = seat.poll(Math.min(millis, TimeUnit.NANOSECONDS.toMillis(left) + 1));
            return event == null ? withoutEvent() : noted(event);
        } catch (TheseusException e) {
            return end(new Failed(e));
        }
    }

    private long leftNanos() {
        return deadlineNanos
                .map(limit -> limit - (nanoTime.getAsLong() - submittedAt))
                .orElse(Long.MAX_VALUE);
    }

    private @Nullable GenerationEvent withoutEvent() {
        if (cancelled) {
            return end(FinishReason.CANCELLED);
        }
        if (leftNanos() <= 0) {
            seat.close();
            return end(FinishReason.DEADLINE);
        }
        return null;
    }

    private GenerationEvent noted(GenerationEvent event) {
        return switch (event) {
            case Prefill prefill -> prefill;
            case Token token -> {
                tokens++;
                yield token;
            }
            case Finished finished -> end(finished);
            case Failed failed -> end(failed);
        };
    }

    private GenerationEvent end(FinishReason reason) {
        return end(
                new Finished(reason, "", new Usage(promptTokens, 0, tokens, 0, nanoTime.getAsLong() - submittedAt, 0)));
    }

    private GenerationEvent end(GenerationEvent event) {
        end = event;
        seat.close();
        return event;
    }

    @Override
    public void cancel() {
        cancelled = true;
        seat.close();
    }
}
