package io.theseus.cache.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Retention;
import io.theseus.core.Digest;
import io.theseus.proof.NodeKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The indexed priority against values computed anew for each entry at each moment. */
class EvictionVersusNaive {
    @TempDir
    Path home;

    /** An entry as the definition has it: every use with its own time. */
    private static final class Entry {
        final Digest key;
        final long nanos;
        final long bytes;
        final Map<Instant, Long> uses = new HashMap<>();

        Entry(Digest key, long nanos, long bytes, Instant created) {
            this.key = key;
            this.nanos = nanos;
            this.bytes = bytes;
            uses.put(created, 1L);
        }

        /** Seconds saved per byte, uses weighted by age. */
        double value(Instant now) {
            double heat = 0;
            for (var use : uses.entrySet()) {
                double age = Duration.between(use.getKey(), now).toMillis();
                heat += use.getValue() * Math.pow(2, -age / Retention.HALF_LIFE_MILLIS);
            }
            return nanos * heat / bytes;
        }
    }

    @Test
    void keepsTheSameAnswers() throws Exception {
        long seed = 3;
        SplittableRandom random = new SplittableRandom(seed);
        TurnableClock clock = new TurnableClock();
        long limit = 40_000;
        Map<Digest, Entry> naive = new HashMap<>();
        try (AnswerCache cache = AnswerCache.open(home, Samples.bounds(limit, 0), NodeKey.generate(), clock)) {
            for (int i = 0; i < 150; i++) {
                clock.advance(Duration.ofSeconds(1 + random.nextInt(600)));
                long nanos = 1_000_000L << random.nextInt(12);
                NewAnswer answer = Samples.answer("e" + i, 200 + random.nextInt(3000), nanos, clock.instant());
                cache.put(answer).get();
                long bytes = cache.inspect(answer.key())
                        .map(found -> found.info().bytes())
                        .orElse(answer.payload().length + 1000L);
                naive.put(answer.key(), new Entry(answer.key(), nanos, bytes, clock.instant()));
                evict(naive, limit, clock.instant());
                assertThat(new HashSet<>(cache.keys()))
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(naive.keySet());
                use(cache, naive, random, clock.instant());
            }
            assertThat(cache.stats().evictions()).isGreaterThan(50);
            assertThat(cache.stats().bytes()).isLessThanOrEqualTo(limit);
        }
    }

    private static void use(AnswerCache cache, Map<Digest, Entry> naive, SplittableRandom random, Instant now)
            throws Exception {
        List<Digest> keys = naive.keySet().stream().sorted().toList();
        Digest key = keys.get(random.nextInt(keys.size()));
        CachedAnswer found = cache.find(key).orElseThrow();
        cache.hit(found);
        cache.flush();
        naive.get(key).uses.merge(now, 1L, Long::sum);
    }

    private static void evict(Map<Digest, Entry> naive, long limit, Instant now) {
        while (naive.values().stream().mapToLong(entry -> entry.bytes).sum() > limit) {
            Entry least = naive.values().stream()
                    .min(Comparator.comparingDouble(entry -> entry.value(now)))
                    .orElseThrow();
            naive.remove(least.key);
        }
    }

    @Test
    void pinnedAnswersStay() throws Exception {
        TurnableClock clock = new TurnableClock();
        Set<Digest> pinned = new HashSet<>();
        try (AnswerCache cache = AnswerCache.open(home, Samples.bounds(20_000, 0), NodeKey.generate(), clock)) {
            for (int i = 0; i < 60; i++) {
                NewAnswer answer = Samples.answer("p" + i, 1000, clock.instant());
                cache.put(answer).get();
                if (i < 5) {
                    cache.pin(answer.key(), true);
                    pinned.add(answer.key());
                }
            }
            assertThat(cache.keys()).containsAll(pinned);
            assertThat(cache.stats().bytes()).isLessThanOrEqualTo(20_000);
            assertThat(cache.put(Samples.answer("huge", 50_000, clock.instant()))
                            .get())
                    .isFalse();
        }
    }
}
