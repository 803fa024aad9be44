package io.theseus.node.http;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Tells subscribers of each finished request, and never waits for one: who does not keep up is told how many events it lost. */
final class RequestEvents {
    private static final int QUEUE = 256;
    static final int MOST_SUBSCRIBERS = 64;

    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** One reader of events. */
    final class Subscriber implements AutoCloseable {
        private final BlockingQueue<ObjectNode> queue = new ArrayBlockingQueue<>(QUEUE);
        private final AtomicLong lost = new AtomicLong();

        /** The next event, or null if there is none within {@code millis} or none will come. */
        @Nullable
        ObjectNode poll(long millis) throws InterruptedException {
            return closed ? queue.poll() : queue.poll(millis, TimeUnit.MILLISECONDS);
        }

        /** Events lost since the last call. */
        long takeLost() {
            return lost.getAndSet(0);
        }

        boolean over() {
            return closed && queue.isEmpty();
        }

        private void offer(ObjectNode event) {
            if (!queue.offer(event)) {
                lost.incrementAndGet();
            }
        }

        @Override
        public void close() {
            subscribers.remove(this);
        }
    }

    /**
     * A new reader, of what happens from now on.
     *
     * @throws ApiException status 429 if there are too many
     */
    Subscriber subscribe() {
        if (subscribers.size() >= MOST_SUBSCRIBERS) {
            throw ApiError.busy(
                    MOST_SUBSCRIBERS + " readers follow this node's events already; close one.",
                    java.time.Duration.ofSeconds(5));
        }
        Subscriber subscriber = new Subscriber();
        subscribers.add(subscriber);
        return subscriber;
    }

    boolean watched() {
        return !subscribers.isEmpty();
    }

    /** @param event not to be changed afterwards */
    void publish(ObjectNode event) {
        subscribers.forEach(subscriber -> subscriber.offer(event));
    }

    /** Ends all streams, after what they still have to send. */
    void close(ObjectNode farewell) {
        closed = true;
        publish(farewell);
    }
}
