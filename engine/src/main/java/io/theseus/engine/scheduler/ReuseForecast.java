package io.theseus.engine.scheduler;

/** How likely a kept state is to be used again, for choosing which to forget. Called on the engine's thread: estimate and return. */
public interface ReuseForecast {
    /** What was used often and lately will be used soon; learns nothing. */
    ReuseForecast RECENT = (uses, idleNanos) -> (1 + uses) / (1e9 + Math.max(0, idleNanos));

    /**
     * Chance to be used again, per second or in any other unit that is the same for all.
     *
     * @param uses how often it was used since it was computed
     * @param idleNanos time since the last of them, or since it was computed
     */
    double usesPerSecond(int uses, long idleNanos);

    /** A state was used again, having been used {@code uses} times before, the last {@code idleNanos} ago. */
    default void used(int uses, long idleNanos) {}
}
