package io.theseus.orchestrator;

import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.orchestrator.flight.Source;
import org.jspecify.annotations.Nullable;

/** A generation as the source of a shared computation. */
record GenerationSource(Generation generation) implements Source<GenerationEvent> {
    @Override
    public @Nullable GenerationEvent poll(long millis) throws InterruptedException {
        return generation.poll(millis);
    }

    @Override
    public void cancel() {
        generation.cancel();
    }
}
