package io.theseus.node.cli;

import io.theseus.core.DataSize;
import io.theseus.core.DurationText;
import io.theseus.node.models.FetchEvent;
import io.theseus.node.models.FetchListener;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Shows on standard error how a model is fetched: as a bar that redraws itself where a person looks on, as a line every few seconds
 * where a log file does.
 */
final class ProgressBar implements FetchListener, AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 5_000_000_000L;
    private static final int CELLS = 20;

    /** How far back the rate looks. */
    private static final double RATE_SECONDS = 3;

    private final Console console;
    private final LongSupplier nanoTime;
    private final boolean redraws;
    private int drawn;
    private boolean shown;
    private long lastShown;
    private long lastBytes = -1;
    private long lastTime;
    private double rate;

    /**
     * @param nanoTime a clock for durations
     */
    ProgressBar(Console console, LongSupplier nanoTime) {
        this.console = console;
        this.nanoTime = nanoTime;
        this.redraws = console.interactive();
    }

    @Override
    public void on(FetchEvent event) {
        switch (event) {
            case FetchEvent.Asking asking -> line("Fetching " + asking.model() + " from " + asking.source());
            case FetchEvent.Waiting waiting ->
                line("Another process is fetching " + waiting.model() + "; waiting for it to finish");
            case FetchEvent.Advanced advanced -> advance(advanced.bytes(), advanced.total());
            case FetchEvent.Retrying retrying ->
                line(capitalised(retrying.problem()) + "; "
                        + (retrying.pause().isZero()
                                ? "at once again"
                                : "again in " + DurationText.format(retrying.pause())));
            case FetchEvent.SourceFailed failed -> line("Not from there: " + failed.problem());
            case FetchEvent.Checking checking -> check(checking.bytes(), checking.total());
            case FetchEvent.Installed installed -> line(installed.model() + " is installed");
        }
    }

    /** Leaves the cursor on a line of its own. */
    @Override
    public void close() {
        clear();
        console.err().flush();
    }

    private void advance(long bytes, OptionalLong total) {
        long now = nanoTime.getAsLong();
        measure(bytes, now);
        if (due(now, total.isPresent() && bytes == total.getAsLong())) {
            show(describe(bytes, total), now);
        }
    }

    private void check(long bytes, long total) {
        long now = nanoTime.getAsLong();
        lastBytes = -1;
        if (due(now, false)) {
            show("checking  " + percent(bytes, total), now);
        }
    }

    private String describe(long bytes, OptionalLong total) {
        String speed = rate > 0 ? "  " + new DataSize((long) rate).forPeople() + "/s" : "";
        if (total.isEmpty()) {
            return new DataSize(bytes).forPeople() + speed;
        }
        long of = Math.max(1, total.getAsLong());
        int filled = (int) Math.min(CELLS, bytes * CELLS / of);
        String left = rate > 0 && bytes < of ? "  " + clock((long) ((of - bytes) / rate)) + " left" : "";
        return "[" + "#".repeat(filled) + " ".repeat(CELLS - filled) + "] " + percent(bytes, of) + "  "
                + new DataSize(bytes).forPeople() + " of " + new DataSize(of).forPeople() + speed + left;
    }

    /** A rate that forgets: what the last seconds brought counts most. */
    private void measure(long bytes, long now) {
        if (lastBytes < 0 || bytes < lastBytes) {
            rate = 0;
        } else {
            double seconds = (now - lastTime) / 1e9;
            if (seconds < 0.05) {
                return;
            }
            double current = (bytes - lastBytes) / seconds;
            double weight = rate == 0 ? 1 : Math.min(1, seconds / RATE_SECONDS);
            rate += weight * (current - rate);
        }
        lastBytes = bytes;
        lastTime = now;
    }

    private boolean due(long now, boolean last) {
        long interval = redraws ? REDRAW_NANOS : LINE_NANOS;
        if (!shown) {
            // A transfer that is over before the first interval needs no line in a log.
            shown = true;
            lastShown = now;
            return redraws;
        }
        return now - lastShown >= interval || redraws && last;
    }

    private void show(String text, long now) {
        lastShown = now;
        if (!redraws) {
            console.note(text);
            return;
        }
        console.err().print("\r" + text + " ".repeat(Math.max(0, drawn - text.length())));
        console.err().flush();
        drawn = text.length();
    }

    private void line(String text) {
        clear();
        console.note(text);
        lastBytes = -1;
    }

    private void clear() {
        if (drawn > 0) {
            console.err().print("\r" + " ".repeat(drawn) + "\r");
            drawn = 0;
        }
    }

    private static String percent(long bytes, long total) {
        return String.format(Locale.ROOT, "%3d%%", total == 0 ? 100 : Math.min(100, 100 * bytes / total));
    }

    private static String clock(long seconds) {
        Duration d = Duration.ofSeconds(seconds);
        return d.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", d.toHours(), d.toMinutesPart(), d.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", d.toMinutes(), d.toSecondsPart());
    }

    private static String capitalised(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
