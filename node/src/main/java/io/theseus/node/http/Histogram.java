package io.theseus.node.http;

import java.util.Locale;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations in fixed buckets, in Prometheus' text form. Safe for use by many threads. */
final class Histogram {
    private final String name;
    private final String help;
    private final double[] upperSeconds;
    private final LongAdder[] buckets;
    private final DoubleAdder sum = new DoubleAdder();

    /** @param upperSeconds upper bounds in ascending order; one more bucket takes the rest */
    Histogram(String name, String help, double... upperSeconds) {
        this.name = name;
        this.help = help;
        this.upperSeconds = upperSeconds.clone();
        this.buckets = new LongAdder[upperSeconds.length + 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    void recordNanos(long nanos) {
        double seconds = Math.max(0, nanos) / 1e9;
        int bucket = 0;
        while (bucket < upperSeconds.length && seconds > upperSeconds[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        sum.add(seconds);
    }

    void write(StringBuilder out) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(" histogram\n");
        long total = 0;
        for (int i = 0; i < buckets.length; i++) {
            total += buckets[i].sum();
            String bound = i < upperSeconds.length ? Double.toString(upperSeconds[i]) : "+Inf";
            out.append(name)
                    .append("_bucket{le=\"")
                    .append(bound)
                    .append("\"} ")
                    .append(total)
                    .append('\n');
        }
        out.append(name)
                .append("_sum ")
                .append(String.format(Locale.ROOT, "%.6f", sum.sum()))
                .append('\n');
        out.append(name).append("_count ").append(total).append('\n');
    }
}
