package io.theseus.node.cli;

import io.theseus.node.config.NodeConfig.LogLevel;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The log: one line an event on standard error, {@code time LEVEL message key=value ...}, written out at once. */
final class LogLines extends Handler {
    private final PrintStream err;
    private final LogLevel level;
    private final InstantSource clock;
    private List<Handler> replaced = List.of();
    private @Nullable Level levelBefore;

    LogLines(PrintStream err, LogLevel level, InstantSource clock) {
        this.err = err;
        this.level = level;
        this.clock = clock;
    }

    /** Takes the place of Java's own handlers. */
    void install() {
        Logger root = Logger.getLogger("");
        replaced = List.of(root.getHandlers());
        levelBefore = root.getLevel();
        replaced.forEach(root::removeHandler);
        root.addHandler(this);
        root.setLevel(javaLevel());
    }

    /** A line for people who run the node. */
    void info(String message) {
        if (level.compareTo(LogLevel.INFO) >= 0) {
            write("INFO", message);
        }
    }

    /** A line for a request; for one that only looks on, every few seconds, only if all is wanted. */
    void request(String message, boolean lookingOn) {
        if (!lookingOn) {
            info(message);
        } else if (level == LogLevel.DEBUG) {
            write("DEBUG", message);
        }
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() < javaLevel().intValue()) {
            return;
        }
        String message = record.getMessage();
        if (record.getParameters() != null && record.getParameters().length > 0) {
            message = java.text.MessageFormat.format(message, record.getParameters());
        }
        Throwable fault = record.getThrown();
        if (fault != null) {
            message += level == LogLevel.DEBUG ? " fault=" + trace(fault) : " fault=\"" + fault + "\"";
        }
        write(name(record.getLevel()), message + " logger=" + record.getLoggerName());
    }

    @Override
    public void flush() {
        err.flush();
    }

    /** Gives their place back to Java's own handlers. */
    @Override
    public void close() {
        Logger root = Logger.getLogger("");
        root.removeHandler(this);
        replaced.forEach(root::addHandler);
        replaced = List.of();
        root.setLevel(levelBefore);
    }

    private void write(String levelName, String message) {
        String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + levelName + " "
                + message.replace("\r", "\\r").replace("\n", "\\n");
        synchronized (err) {
            err.println(line);
            err.flush();
        }
    }

    private static String trace(Throwable fault) {
        StringWriter text = new StringWriter();
        fault.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private Level javaLevel() {
        return switch (level) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
        };
    }

    private static String name(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARN";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }
}
