package io.theseus.orchestrator.flight;

import org.jspecify.annotations.Nullable;

/** Where the events of a computation come from. Read by one thread at a time. */
public interface Source<E> {
    /** The next event, or null if there is none within {@code millis}. After its last event it is not asked again. */
    @Nullable
    E poll(long millis) throws InterruptedException;

    /** Stops the computation: nobody wants its events any more. Called at most once, by any thread. */
    void cancel();
}
