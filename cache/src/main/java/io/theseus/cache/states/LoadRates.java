package io.theseus.cache.states;

/**
 * How fast states can be had here, measured as they are: for deciding between loading and computing. Thread-safe.
 */
final class LoadRates {
    /** Before anything was measured: slower than most disks and copies, so that a first load surely pays. */
    private static final double READ_FIRST = 200e6;

    private static final double IMPORT_FIRST = 400e6;

    /** Finding a thread, opening files, waiting for the next turn of the engine. */
    private static final double FIXED_SECONDS = 0.002;

    /** Weight of the newest measurement; what became quicker is believed sooner, a disturbance has passed. */
    private static final double NEWEST_SLOWER = 0.3;

    private static final double NEWEST_QUICKER = 0.5;

    /** A measurement may be a pause of something else: it counts as at most so many times slower than what was known. */
    private static final double WORST = 10;

    /** Share of the way back to the first guess that an import rate goes that nobody can measure any more. */
    private static final double FORGIVEN = 0.1;

    private double readBytesPerSecond = READ_FIRST;
    private double importBytesPerSecond = IMPORT_FIRST;

    /** Seconds that loading {@code bytes} takes when {@code ahead} bytes are to be read before them. */
    synchronized double seconds(long bytes, long ahead) {
        return FIXED_SECONDS + (ahead + bytes) / readBytesPerSecond + bytes / importBytesPerSecond;
    }

    synchronized void read(long bytes, double seconds) {
        readBytesPerSecond = blend(readBytesPerSecond, bytes, seconds);
    }

    /** Loading did not pay: without this, one bad measurement of taking in would keep it from being measured ever again. */
    synchronized void forgive() {
        if (importBytesPerSecond < IMPORT_FIRST) {
            double secondsPerByte = (1 - FORGIVEN) / importBytesPerSecond + FORGIVEN / IMPORT_FIRST;
            importBytesPerSecond = 1 / secondsPerByte;
        }
    }

    synchronized void imported(long bytes, double seconds) {
        importBytesPerSecond = blend(importBytesPerSecond, bytes, seconds);
    }

    synchronized double readBytesPerSecond() {
        return readBytesPerSecond;
    }

    synchronized double importBytesPerSecond() {
        return importBytesPerSecond;
    }

    /** Times are averaged, not rates: one stall must not vanish beside many quick ones. */
    private static double blend(double rate, long bytes, double seconds) {
        if (bytes <= 0 || seconds <= 0) {
            return rate;
        }
        double newest = Math.min(seconds / bytes, WORST / rate);
        double weight = newest > 1 / rate ? NEWEST_SLOWER : NEWEST_QUICKER;
        double secondsPerByte = (1 - weight) / rate + weight * newest;
        return 1 / secondsPerByte;
    }
}
