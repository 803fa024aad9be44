package io.theseus.orchestrator;

import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import java.util.List;

/** A remembered answer, as if it were being generated. */
final class Replay implements Generation {
    private final List<GenerationEvent> events;
    private int next;
    private volatile boolean cancelled;

    /** @param events tokens, then the end */
    Replay(List<GenerationEvent> events) {
        this.events = events;
    }

    @Override
    public GenerationEvent next() {
        GenerationEvent end = events.getLast();
        if (next >= events.size()) {
            return end;
        }
        if (cancelled && end instanceof Finished finished) {
            return new Finished(FinishReason.CANCELLED, "", finished.usage());
        }
        return events.get(next++);
    }

    @Override
    public GenerationEvent poll(long millis) {
        return next();
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
