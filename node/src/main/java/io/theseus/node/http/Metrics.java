package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.engine.scheduler.InferenceEngine.Load;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * What {@code GET /metrics} shows. Safe for use by many threads.
 *
 * <p>Source: Prometheus, Exposition formats, text-based format 0.0.4.
 */
final class Metrics {
    private final Map<Key, LongAdder> requests = new ConcurrentHashMap<>();
    private final InFlight inFlight = new InFlight();
    private final Histogram requestSeconds = new Histogram(
            "theseus_http_request_duration_seconds",
            "Time from a request's arrival to the end of its response.",
            0.005,
            0.025,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10,
            30,
            60,
            120,
            300);
    private final Histogram queueSeconds = new Histogram(
            "theseus_queue_duration_seconds",
            "Time answers waited before their prompt was read.",
            0.001,
            0.01,
            0.05,
            0.1,
            0.5,
            1,
            5,
            10,
            30,
            60);
    private final Histogram firstTokenSeconds = new Histogram(
            "theseus_time_to_first_token_seconds",
            "Time from a request's arrival to its first token.",
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10,
            30,
            60);
    private final Histogram tokenSeconds = new Histogram(
            "theseus_inter_token_latency_seconds",
            "Time between two tokens of an answer, as its reader saw them.",
            0.001,
            0.0025,
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5);

    private record Key(String route, String method, int status) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byRoute = route.compareTo(other.route);
            int byMethod = byRoute != 0 ? byRoute : method.compareTo(other.method);
            return byMethod != 0 ? byMethod : Integer.compare(status, other.status);
        }
    }

    void began() {
        inFlight.add(1);
    }

    void ended(String route, String method, int status, Duration elapsed) {
        inFlight.add(-1);
        requests.computeIfAbsent(new Key(route, method, status), key -> new LongAdder())
                .increment();
        requestSeconds.recordNanos(elapsed.toNanos());
    }

    int inFlight() {
        return inFlight.now();
    }

    /** Waits until no request is being answered, for at most {@code most}. */
    void awaitNone(Duration most) throws InterruptedException {
        inFlight.awaitNone(most);
    }

    /** How many requests are being answered. */
    private static final class InFlight {
        private int count;

        synchronized void add(int change) {
            count += change;
            notifyAll();
        }

        synchronized int now() {
            return count;
        }

        synchronized void awaitNone(Duration most) throws InterruptedException {
            long end = System.nanoTime() + most.toNanos();
            while (count > 0) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }
    }

    void firstToken(long nanos) {
        firstTokenSeconds.recordNanos(nanos);
    }

    void nextToken(long nanos) {
        tokenSeconds.recordNanos(nanos);
    }

    void answered(Usage usage) {
        queueSeconds.recordNanos(usage.queueNanos());
    }

    /** All of it as Prometheus reads it. */
    String text(ServedModels models, int openConnections) {
        StringBuilder out = new StringBuilder(4096);
        head(out, "theseus_http_requests_total", "counter", "Requests answered, by route, method and status.");
        new TreeMap<>(requests)
                .forEach((key, count) -> out.append("theseus_http_requests_total{route=\"")
                        .append(key.route())
                        .append("\",method=\"")
                        .append(escape(key.method()))
                        .append("\",status=\"")
                        .append(key.status())
                        .append("\"} ")
                        .append(count.sum())
                        .append('\n'));
        head(out, "theseus_http_requests_in_flight", "gauge", "Requests being answered now.");
        out.append("theseus_http_requests_in_flight ").append(inFlight()).append('\n');
        head(out, "theseus_http_connections", "gauge", "Open connections.");
        out.append("theseus_http_connections ").append(openConnections).append('\n');
        requestSeconds.write(out);
        queueSeconds.write(out);
        firstTokenSeconds.write(out);
        tokenSeconds.write(out);
        engines(out, models.models());
        return out.toString();
    }

    private static void engines(StringBuilder out, List<ServedModel> models) {
        List<Sample> samples = models.stream()
                .map(model -> new Sample(model.id(), model.engine().load()))
                .toList();
        each(out, samples, "theseus_requests_running", "gauge", "Answers being computed.", Load::running);
        each(out, samples, "theseus_requests_waiting", "gauge", "Answers in the queue.", Load::waiting);
        each(out, samples, "theseus_kv_blocks_used", "gauge", "KV blocks held.", Load::usedBlocks);
        each(out, samples, "theseus_kv_blocks_total", "gauge", "KV blocks in all.", Load::totalBlocks);
        each(out, samples, "theseus_prompt_tokens_total", "counter", "Prompt tokens taken in.", Load::promptTokens);
        each(
                out,
                samples,
                "theseus_cached_prompt_tokens_total",
                "counter",
                "Prompt tokens whose state was already there.",
                Load::cachedTokens);
        each(out, samples, "theseus_generated_tokens_total", "counter", "Tokens generated.", Load::generatedTokens);
        each(
                out,
                samples,
                "theseus_preemptions_total",
                "counter",
                "Answers that had to give their KV blocks to an older one.",
                Load::preemptions);
    }

    private record Sample(String model, Load load) {}

    private static void each(
            StringBuilder out,
            List<Sample> samples,
            String name,
            String type,
            String help,
            ToLongFunction<Load> value) {
        head(out, name, type, help);
        for (Sample sample : samples) {
            out.append(name)
                    .append("{model=\"")
                    .append(escape(sample.model()))
                    .append("\"} ")
                    .append(value.applyAsLong(sample.load()))
                    .append('\n');
        }
    }

    static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    static String escape(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
