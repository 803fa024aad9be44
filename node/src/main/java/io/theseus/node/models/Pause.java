package io.theseus.node.models;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets time pass between two attempts; tests let it fly. */
@FunctionalInterface
interface Pause {
    /** Really waits. */
    Pause REAL = duration -> {
        // A latch that nobody opens: an interruptible wait.
        if (new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("unreachable");
        }
    };

    void of(Duration duration) throws InterruptedException;
}
