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

    private static final double NEWEST = 0.3;

    private double readBytesPerSecond = READ_FIRST;
    private double importBytesPerSecond = IMPORT_FIRST;

    /** Seconds that loading {@code bytes} takes when {@code ahead} bytes are to be read before them. */
    synchronized double seconds(long bytes, long ahead) {
        return FIXED_SECONDS + (ahead + bytes) / readBytesPerSecond + bytes / importBytesPerSecond;
    }

    synchronized void read(long bytes, double seconds) {
        readBytesPerSecond = blend(readBytesPerSecond, bytes, seconds);
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
        double secondsPerByte = (1 - NEWEST) / rate + NEWEST * seconds / bytes;
        return 1 / secondsPerByte;
    }
}
