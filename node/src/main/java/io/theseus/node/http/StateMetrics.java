package io.theseus.node.http;

import io.theseus.cache.states.StateStats;
import java.util.Locale;

/** The part of {@code GET /metrics} about states of prompts on disk. */
final class StateMetrics {
    private StateMetrics() {}

    static void write(StringBuilder out, StateStats s) {
        gauge(out, "blocks", "Blocks of state on disk.", s.blocks());
        gauge(out, "bytes", "Bytes of their files.", s.bytes());
        gauge(out, "limit_bytes", "Most bytes of files.", s.capacity());
        gauge(out, "pinned_prompts", "Prompts whose states are never forgotten.", s.pinned());
        gauge(out, "writing_blocks", "Blocks that wait to be written.", s.writing());
        counter(out, "written_blocks_total", "Blocks written.", s.written());
        counter(out, "dropped_blocks_total", "Blocks not written: too many waited, or the disk failed.", s.dropped());
        counter(out, "forgotten_blocks_total", "Blocks deleted to make room.", s.forgotten());
        counter(out, "corrupt_blocks_total", "Blocks that were damaged, deleted and computed again.", s.corrupt());
        choices(out, "decisions_total", "Prompts whose beginning was on disk, by decision.", s.loads(), s.computes());
        counter(out, "loaded_tokens_total", "Tokens whose state was loaded.", s.loadedTokens());
        counter(out, "load_seconds_total", "Time that loading took.", s.loadSeconds());
        counter(
                out,
                "predicted_load_seconds_total",
                "Time that loading was expected to take.",
                s.predictedLoadSeconds());
        counter(out, "saved_seconds_total", "Time by which loading beat computing.", s.savedSeconds());
        choices(
                out,
                "regret_seconds_total",
                "Time lost by decisions that turned out wrong.",
                s.loadRegretSeconds(),
                s.computeRegretSeconds());
        gauge(out, "read_bytes_per_second", "Measured rate of reading and checking.", s.readBytesPerSecond());
        gauge(out, "import_bytes_per_second", "Measured rate of taking state in.", s.importBytesPerSecond());
    }

    private static void choices(StringBuilder out, String name, String help, double load, double compute) {
        Metrics.head(out, "theseus_states_" + name, "counter", help);
        out.append("theseus_states_").append(name).append("{choice=\"load\"} ").append(number(load));
        out.append("\ntheseus_states_")
                .append(name)
                .append("{choice=\"compute\"} ")
                .append(number(compute));
        out.append('\n');
    }

    private static void gauge(StringBuilder out, String name, String help, double value) {
        one(out, name, "gauge", help, value);
    }

    private static void counter(StringBuilder out, String name, String help, double value) {
        one(out, name, "counter", help, value);
    }

    private static void one(StringBuilder out, String name, String type, String help, double value) {
        Metrics.head(out, "theseus_states_" + name, type, help);
        out.append("theseus_states_")
                .append(name)
                .append(' ')
                .append(number(value))
                .append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.6f", value);
    }
}
