package io.theseus.orchestrator.flight;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One computation and its readers. */
final class Flight<E> {
    /** How long a reader waits at the source before it looks whether it was told to leave. */
    private static final long SLICE_MILLIS = 100;

    private final FlightRules<E> rules;
    private final long maxBytes;
    private final Consumer<Flight<E>> gone;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Seat<E>> seats = new ArrayList<>();
    private final List<E> events = new ArrayList<>();

    /** Number of the first of {@link #events}. */
    private long base;

    private long bytes;
    private boolean overflown;
    private boolean fetching;
    private boolean over;
    private boolean kept;
    private @Nullable Source<E> source;
    private SingleFlight.@Nullable Ending<E> ending;
    private @Nullable E last;
    private @Nullable TheseusException failure;

    /** @param gone called once when nobody can join any more */
    Flight(FlightRules<E> rules, long maxBytes, Consumer<Flight<E>> gone) {
        this.rules = rules;
        this.maxBytes = maxBytes;
        this.gone = gone;
    }

    /** A seat, or null if it is too late. */
    @Nullable
    Seat<E> board(boolean leads) {
        lock.lock();
        try {
            if (over || overflown || (!leads && seats.isEmpty())) {
                return null;
            }
            Seat<E> seat = new Seat<>(this, leads);
            seats.add(seat);
            return seat;
        } finally {
            lock.unlock();
        }
    }

    void keep() {
        lock.lock();
        try {
            kept = true;
        } finally {
            lock.unlock();
        }
    }

    void launch(Source<E> from, SingleFlight.Ending<E> whenOver) {
        boolean abandoned;
        lock.lock();
        try {
            source = from;
            ending = whenOver;
            abandoned = seats.isEmpty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (abandoned) {
            from.cancel();
        }
    }

    void fail(TheseusException cause) {
        lock.lock();
        try {
            over = true;
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        gone.accept(this);
    }

    void leave(Seat<E> seat) {
        Source<E> abandoned = null;
        lock.lock();
        try {
            if (!seats.remove(seat)) {
                return;
            }
            seat.left = true;
            changed.signalAll();
            if (seats.isEmpty() && !over) {
                over = true;
                abandoned = source;
            }
            trim();
        } finally {
            lock.unlock();
        }
        if (abandoned != null) {
            gone.accept(this);
            abandoned.cancel();
        }
    }

    @Nullable
    E poll(Seat<E> seat, long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (true) {
                if (seat.thrown != null) {
                    throw seat.thrown;
                }
                if (seat.left) {
                    return null;
                }
                if (seat.next < base + events.size()) {
                    E event = events.get((int) (seat.next - base));
                    seat.next++;
                    trim();
                    return event;
                }
                if (last != null) {
                    return last;
                }
                if (failure != null) {
                    throw failure;
                }
                long left = until - System.nanoTime();
                if (left <= 0) {
                    return null;
                }
                if (source != null && !fetching) {
                    fetch(source, Math.min(SLICE_MILLIS, TimeUnit.NANOSECONDS.toMillis(left) + 1));
                } else {
                    changed.awaitNanos(left);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits at the source for everybody; called and left with the lock held, without it in between. */
    private void fetch(Source<E> from, long millis) throws InterruptedException {
        fetching = true;
        E event = null;
        TheseusException fault = null;
        lock.unlock();
        try {
            event = from.poll(millis);
            if (event != null && rules.ends(event)) {
                conclude(event);
            }
        } catch (TheseusException e) {
            fault = e;
        } catch (RuntimeException e) {
            fault = new TheseusException(ErrorCode.INTERNAL, "an answer broke off: " + e, e);
        } finally {
            lock.lock();
            fetching = false;
            if (event != null) {
                append(event);
            } else if (fault != null) {
                over = true;
                failure = fault;
            }
            changed.signalAll();
        }
        if (fault != null) {
            gone.accept(this);
        }
    }

    private void conclude(E event) {
        List<E> whole = new ArrayList<>();
        SingleFlight.Ending<E> told;
        lock.lock();
        try {
            told = ending;
            if (kept && !overflown) {
                whole.addAll(events);
                whole.add(event);
            }
        } finally {
            lock.unlock();
        }
        try {
            if (told != null) {
                told.accept(whole);
            }
        } finally {
            gone.accept(this);
        }
    }

    private void append(E event) {
        events.add(event);
        bytes += rules.weight(event);
        if (rules.ends(event)) {
            over = true;
            last = event;
        }
        if (bytes > maxBytes && !overflown) {
            overflown = true;
            gone.accept(this);
        }
        trim();
    }

    /** Once too much is kept, gives up what all have read, and then those who have read least. */
    private void trim() {
        if (!overflown) {
            return;
        }
        while (!events.isEmpty()) {
            long slowest = seats.stream().mapToLong(seat -> seat.next).min().orElse(base + events.size());
            while (base < slowest && !events.isEmpty()) {
                bytes -= rules.weight(events.removeFirst());
                base++;
            }
            if (bytes <= maxBytes || seats.size() < 2) {
                return;
            }
            for (Seat<E> seat : List.copyOf(seats)) {
                if (seat.next == slowest && seats.size() > 1) {
                    seat.left = true;
                    seat.thrown = new TheseusException(
                            ErrorCode.CANCELLED,
                            "this reader fell more than " + maxBytes + " bytes behind the others; ask again");
                    seats.remove(seat);
                }
            }
            changed.signalAll();
        }
    }
}
