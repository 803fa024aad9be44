package io.theseus.node.http;

import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The events of several generations in the order in which they happen. One generation is read directly; several get a thread each,
 * which hand over through a bounded queue, so that a slow client holds them all back.
 */
final class GenerationFeed implements AutoCloseable {
    private static final int QUEUE = 64;

    /** What happened to which generation. */
    record Event(int index, GenerationEvent event) {}

    private final List<Generation> generations;
    private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE);
    private final List<Thread> readers = new ArrayList<>();

    GenerationFeed(List<Generation> generations) {
        this.generations = List.copyOf(generations);
        if (generations.size() > 1) {
            for (int i = 0; i < generations.size(); i++) {
                int index = i;
                readers.add(Thread.ofVirtual().name("answer-", i).start(() -> read(index)));
            }
        }
    }

    private void read(int index) {
        try {
            GenerationEvent event;
            do {
                event = generations.get(index).next();
                queue.put(new Event(index, event));
            } while (!(event instanceof GenerationEvent.Finished || event instanceof GenerationEvent.Failed));
        } catch (InterruptedException e) {
            // Only close() interrupts: nobody reads any more.
            Thread.currentThread().interrupt();
        }
    }

    /** The next event, or null if there is none within {@code millis}. */
    @Nullable
    Event poll(long millis) throws InterruptedException {
        if (generations.size() > 1) {
            return queue.poll(millis, TimeUnit.MILLISECONDS);
        }
        GenerationEvent event = generations.getFirst().poll(millis);
        return event == null ? null : new Event(0, event);
    }

    /** Cancels what still runs. */
    void cancel() {
        generations.forEach(Generation::cancel);
    }

    @Override
    public void close() {
        generations.forEach(Generation::close);
        readers.forEach(Thread::interrupt);
    }
}
