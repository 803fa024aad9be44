package io.theseus.orchestrator.flight;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets those who ask the same at the same time read one computation, live: whoever comes late gets the beginning at once and the rest as
 * it comes. Safe for use by many threads.
 *
 * @param <K> what is asked; equal keys share
 * @param <E> events of a computation
 */
public final class SingleFlight<K, E> {
    /*
     * There is no thread between the source and the readers. Whoever wants an event that is not there yet, and finds nobody waiting at
     * the source, waits there himself and puts what comes where all see it. So one reader alone costs no hand-over; a slow reader
     * only comes later to events that others fetched; and if all are slow, nobody fetches, and the source itself notices.
     *
     * Events are kept until the computation ends, so that late ones can join and the whole can be remembered: an answer is bounded by
     * the context. Past maxBytes (which only answers of other engines reach) nobody can join any more, events that all have read are
     * dropped, and a reader who is further behind than that is given up.
     *
     * Source: Go's golang.org/x/sync/singleflight, for results; this is the same for streams.
     */
    private final ConcurrentHashMap<K, Flight<E>> flights = new ConcurrentHashMap<>();
    private final FlightRules<E> rules;
    private final long maxBytes;
    private final LongAdder joins = new LongAdder();

    /** @param maxBytes most bytes of events that one computation keeps */
    public SingleFlight(FlightRules<E> rules, long maxBytes) {
        this.rules = rules;
        this.maxBytes = maxBytes;
    }

    /**
     * A place at the computation of {@code key}.
     *
     * @return if it {@link Seat#leads()}, nobody computes it yet, and the caller {@link Seat#launch launches} it or {@link Seat#fail
     *     fails}
     */
    public Seat<E> join(K key) {
        while (true) {
            AtomicReference<@Nullable Seat<E>> leading = new AtomicReference<>();
            Flight<E> flight = flights.computeIfAbsent(key, absent -> {
                Flight<E> fresh = new Flight<>(rules, maxBytes, gone -> flights.remove(key, gone));
                // Boarded before others can see it, as it would look abandoned to them.
                leading.set(fresh.board(true));
                return fresh;
            });
            Seat<E> leader = leading.get();
            if (leader != null) {
                return leader;
            }
            Seat<E> seat = flight.board(false);
            if (seat != null) {
                joins.increment();
                return seat;
            }
            // It has just ended or been given up, and leaves the map at this moment.
            flights.remove(key, flight);
        }
    }

    /** A computation that nobody else may join. */
    public Seat<E> alone() {
        Flight<E> flight = new Flight<>(rules, maxBytes, gone -> {});
        Seat<E> seat = flight.board(true);
        if (seat == null) {
            throw new IllegalStateException("a new flight has room");
        }
        return seat;
    }

    /** How often somebody joined a computation that ran already. */
    public long joins() {
        return joins.sum();
    }

    /** Computations that can be joined now. */
    public int running() {
        return flights.size();
    }

    /**
     * Called with a computation's events once it is over, before anybody sees the last one; with none if nobody wanted
     * them {@linkplain Seat#keep kept} or they were too many. It must not throw.
     */
    public interface Ending<E> extends Consumer<List<E>> {}
}
