package io.theseus.cache.answers;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What happened in this process, and what of it is not yet in the store's own counts. Safe for use by many threads. */
final class AnswerCounts {
    /** What is counted. */
    enum Count {
        HITS,
        MISSES,
        STORES,
        EVICTIONS,
        EXPIRED,
        REFUSED_PROOFS,
        FAILED_STORES,
        SAVED_NANOS,
        SAVED_TOKENS;

        /** As in the database and in JSON. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final Map<Count, LongAdder> all = new EnumMap<>(Count.class);
    private final Map<Count, LongAdder> unsaved = new EnumMap<>(Count.class);

    AnswerCounts() {
        for (Count count : Count.values()) {
            all.put(count, new LongAdder());
            unsaved.put(count, new LongAdder());
        }
    }

    void add(Count count, long amount) {
        adder(all, count).add(amount);
        adder(unsaved, count).add(amount);
    }

    long get(Count count) {
        return adder(all, count).sum();
    }

    /** What came since the last call. */
    Map<String, Long> takeUnsaved() {
        Map<String, Long> taken = new TreeMap<>();
        for (Count count : Count.values()) {
            long amount = adder(unsaved, count).sumThenReset();
            if (amount != 0) {
                taken.put(count.word(), amount);
            }
        }
        return taken;
    }

    private static LongAdder adder(Map<Count, LongAdder> of, Count count) {
        LongAdder adder = of.get(count);
        if (adder == null) {
            throw new IllegalStateException("every count has an adder");
        }
        return adder;
    }
}
