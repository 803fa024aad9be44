package io.theseus.node.http;

import io.theseus.node.upstream.UpstreamHost;
import io.theseus.node.upstream.UpstreamHost.Counts;
import io.theseus.node.upstream.UpstreamRelay;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What {@code GET /metrics} shows of upstreams. */
final class UpstreamMetrics {
    private static final String FIRST_BYTE = "theseus_upstream_time_to_first_byte_seconds";

    private UpstreamMetrics() {}

    static void write(StringBuilder out, UpstreamRelay relay) {
        Map<String, Counts> hosts = new LinkedHashMap<>();
        for (UpstreamHost host : relay.pool().hosts()) {
            hosts.put(Metrics.escape(host.upstream().name()), host.counts());
        }
        each(out, hosts, "requests_total", "counter", "Requests sent, retries and hedges included.", Counts::requests);
        each(out, hosts, "errors_total", "counter", "Requests that failed there.", Counts::errors);
        each(out, hosts, "retries_total", "counter", "Requests sent because an earlier one failed.", Counts::retries);
        each(out, hosts, "hedges_total", "counter", "Requests sent because an earlier one was late.", Counts::hedges);
        each(out, hosts, "hedges_won_total", "counter", "Hedges whose answer was used.", Counts::hedgesWon);
        each(out, hosts, "requests_in_flight", "gauge", "Requests being answered there.", Counts::running);
        each(
                out,
                hosts,
                "breaker_state",
                "gauge",
                "Whether it is left alone: 0 = no, 1 = being probed, 2 = yes.",
                Counts::breaker);
        firstBytes(out, hosts);
        Metrics.head(
                out,
                "theseus_upstream_joins_total",
                "counter",
                "Requests that joined one already on its way upstream.");
        out.append("theseus_upstream_joins_total ").append(relay.joins()).append('\n');
    }

    private static void each(
            StringBuilder out,
            Map<String, Counts> hosts,
            String name,
            String type,
            String help,
            ToLongFunction<Counts> value) {
        String full = "theseus_upstream_" + name;
        Metrics.head(out, full, type, help);
        hosts.forEach((host, counts) -> out.append(full)
                .append("{upstream=\"")
                .append(host)
                .append("\"} ")
                .append(value.applyAsLong(counts))
                .append('\n'));
    }

    private static void firstBytes(StringBuilder out, Map<String, Counts> hosts) {
        Metrics.head(out, FIRST_BYTE, "histogram", "Time from a request to the head of its answer.");
        double[] upper = UpstreamHost.buckets();
        hosts.forEach((host, counts) -> {
            long total = 0;
            for (int i = 0; i < counts.firstBytes().length; i++) {
                total += counts.firstBytes()[i];
                out.append(FIRST_BYTE)
                        .append("_bucket{upstream=\"")
                        .append(host)
                        .append("\",le=\"")
                        .append(i < upper.length ? Double.toString(upper[i]) : "+Inf")
                        .append("\"} ")
                        .append(total)
                        .append('\n');
            }
            out.append(FIRST_BYTE)
                    .append("_sum{upstream=\"")
                    .append(host)
                    .append("\"} ")
                    .append(String.format(Locale.ROOT, "%.6f", counts.firstByteSeconds()))
                    .append('\n');
            out.append(FIRST_BYTE)
                    .append("_count{upstream=\"")
                    .append(host)
                    .append("\"} ")
                    .append(total)
                    .append('\n');
        });
    }
}
