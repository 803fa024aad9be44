package io.theseus.orchestrator.flight;

import io.theseus.core.TheseusException;
import org.jspecify.annotations.Nullable;

/** One reader's place at a computation, read by one thread. */
public final class Seat<E> implements AutoCloseable {
    private final Flight<E> flight;
    private final boolean leads;

    /** Number of the next event to read; guarded by the flight's lock. */
    long next;

    /** Whether it is given up, by its reader or for being too slow; guarded by the flight's lock. */
    boolean left;

    /** Why it was given up for the reader; guarded by the flight's lock. */
    @Nullable
    TheseusException thrown;

    Seat(Flight<E> flight, boolean leads) {
        this.flight = flight;
        this.leads = leads;
    }

    /** Whether it is this one's task to start the computation. */
    public boolean leads() {
        return leads;
    }

    /**
     * Starts the computation; for the one who leads.
     *
     * @param ending called by some reader's thread with the whole before anybody gets the last event
     */
    public void launch(Source<E> source, SingleFlight.Ending<E> ending) {
        flight.launch(source, ending);
    }

    /** Asks for the whole to be given to the {@link SingleFlight.Ending}; one reader's wish is enough. */
    public void keep() {
        flight.keep();
    }

    /** It could not be started: everybody who waits for it gets {@code cause}. */
    public void fail(TheseusException cause) {
        flight.fail(cause);
    }

    /**
     * The next event, or null if there is none within {@code millis} or the seat was left. After the last event it comes again.
     *
     * @throws TheseusException why the computation could not be started or goes on without this reader
     */
    public @Nullable E poll(long millis) throws InterruptedException {
        return flight.poll(this, millis);
    }

    /** Leaves, which wakes the reader; the last one to leave stops the computation. Idempotent, by any thread. */
    @Override
    public void close() {
        flight.leave(this);
    }
}
