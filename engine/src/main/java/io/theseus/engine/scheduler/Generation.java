package io.theseus.engine.scheduler;

/** A running answer, read by one thread. Closing it cancels what is left, within one step of the model. */
public interface Generation extends AutoCloseable {
    /**
     * Waits for the next event. After Finished or Failed it returns that event again.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the generation goes on
     */
    GenerationEvent next() throws InterruptedException;

    /** Like {@link #next()}, but returns null if nothing happened within {@code millis}. */
    @org.jspecify.annotations.Nullable
    GenerationEvent poll(long millis) throws InterruptedException;

    /** Stops the answer within one step; a Finished event with {@link FinishReason#CANCELLED} follows. Idempotent. */
    void cancel();

    @Override
    default void close() {
        cancel();
    }
}
