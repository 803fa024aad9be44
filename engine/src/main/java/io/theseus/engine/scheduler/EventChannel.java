package io.theseus.engine.scheduler;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way from the engine to one reader. The engine never waits here: it looks whether there is {@link #full() room}
 * before it computes the next token, so a slow reader slows down its own answer only.
 */
final class EventChannel implements Generation {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<GenerationEvent> events = new ArrayDeque<>();
    private final int capacity;
    private final Runnable wakeEngine;
    private @Nullable GenerationEvent end;
    private boolean full;
    private volatile boolean cancelled;

    /**
     * @param capacity events that may wait for the reader before its answer pauses
     * @param wakeEngine called when a reader makes room in a full channel, and when it cancels
     */
    EventChannel(int capacity, Runnable wakeEngine) {
        this.capacity = capacity;
        this.wakeEngine = wakeEngine;
    }

    /** Adds an event, unless the end was sent already. Progress that nobody has read yet is replaced by newer progress. */
    void send(GenerationEvent event) {
        lock.lock();
        try {
            if (end != null) {
                return;
            }
            if (event instanceof GenerationEvent.Prefill && events.peekLast() instanceof GenerationEvent.Prefill) {
                events.removeLast();
            }
            if (event instanceof GenerationEvent.Finished || event instanceof GenerationEvent.Failed) {
                end = event;
            }
            events.add(event);
            full |= events.size() >= capacity;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the answer has to pause: from the capacity on until its reader has caught up by half. */
    boolean full() {
        lock.lock();
        try {
            return full;
        } finally {
            lock.unlock();
        }
    }

    boolean cancelled() {
        return cancelled;
    }

    @Override
    public GenerationEvent next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (events.isEmpty() && end == null) {
                arrived.await();
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable GenerationEvent poll(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (events.isEmpty() && end == null) {
                if (left <= 0) {
                    return null;
                }
                left = arrived.awaitNanos(left);
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    private GenerationEvent take() {
        GenerationEvent event = events.poll();
        if (event == null) {
            return Objects.requireNonNull(end);
        }
        if (full && events.size() <= capacity / 2) {
            full = false;
            wakeEngine.run();
        }
        return event;
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            wakeEngine.run();
        }
    }
}
