package io.theseus.node.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many requests each layer answered, and what that saved. Safe for use by many threads. */
final class LayerCounts {
    private final Map<String, Counts> layers = new ConcurrentHashMap<>();

    LayerCounts() {
        for (String layer : new String[] {"answer", "meaning", "state", "compute"}) {
            layers.put(layer, new Counts());
        }
    }

    /** Of one layer. */
    static final class Counts {
        final LongAdder requests = new LongAdder();
        final LongAdder nanos = new LongAdder();
        final LongAdder savedNanos = new LongAdder();
        final LongAdder promptTokens = new LongAdder();
        final LongAdder completionTokens = new LongAdder();
        final LongAdder savedTokens = new LongAdder();
    }

    void add(RequestLog.Entry entry) {
        entry.layer().filter(layer -> entry.status() == 200).ifPresent(layer -> {
            Counts counts = layers.computeIfAbsent(layer, added -> new Counts());
            counts.requests.increment();
            counts.nanos.add(entry.elapsed().toNanos());
            counts.savedNanos.add(entry.saved().toNanos());
            counts.promptTokens.add(entry.promptTokens());
            counts.completionTokens.add(entry.completionTokens());
            boolean whole = layer.equals("answer") || layer.equals("meaning");
            counts.savedTokens.add(entry.cachedTokens() + (whole ? entry.completionTokens() : 0));
        });
    }

    /** By layer, in alphabetical order. */
    Map<String, Counts> all() {
        return new TreeMap<>(layers);
    }
}
