package io.theseus.cache.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides which blocks of prefixes to keep, from what it sees of the traffic. Used live and, with the times of a trace, in
 * {@link TraceReplay}. Not thread-safe.
 *
 * @param <K> names a block and everything before it
 */
public final class LearnedPolicy<K> {
    /*
     * Every block asked for is a candidate; the least worth by ReuseStatistics goes until the rest fits. A new block may be the one
     * that goes: then it is not admitted at first sight, and since History knows it, it may be at second sight, when blocks used once
     * are worth more than blocks never used. Which of the two happens follows from the traffic and the room, with nothing to set.
     *
     * Shadows (keys, no data) hold what each order would have held; the order that lately hit most is the one
     * followed, in doubt LRU (which lets go first of what is hardly ever used again). So a wrong forecast costs little and not for long.
     *
     * Source: the dueling of policies by shadow directories: M. Qureshi et al., "Adaptive Insertion Policies for High Performance
     * Caching", ISCA 2007; ghosts: N. Megiddo and D. Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003.
     */
    /** Share of the score that is left after each request. */
    private static final double MEMORY = 0.999;

    /** Seconds; older than anything. */
    private static final double AGES = 1e12;

    /** What another order must be better by than LRU to be followed. */
    private static final double MARGIN = 1.001;

    /**
     * What a request meant for the cache.
     *
     * @param hits blocks of its beginning that were stored
     * @param stored blocks of its beginning that are to be stored from now on; at least those that hit and were not forgotten
     * @param forgotten blocks to delete, ends of chains first
     */
    public record Outcome<K>(int hits, int stored, List<K> forgotten) {
        public Outcome {
            forgotten = List.copyOf(forgotten);
        }
    }

    private final long capacity;
    private final History<K> history;
    private final PrefixSet<K> stored = new PrefixSet<>();
    private final Rival<K> recency;
    private final List<Rival<K>> learned;

    /**
     * @param capacity bytes, or whatever unit {@link #request} gives sizes in
     * @param remembered blocks known at most, stored ones included
     */
    public LearnedPolicy(long capacity, int remembered) {
        this.capacity = capacity;
        history = new History<>(remembered);
        ReuseStatistics statistics = history.statistics();
        recency = new Rival<>((type, idle) -> statistics.rare(type) ? -AGES - idle : -idle);
        learned = List.of(new Rival<>(statistics::steadyWorth), new Rival<>(statistics::worth));
    }

    /** An order, and what would be stored by it. */
    private static final class Rival<K> {
        private final PrefixSet.Ranking ranking;
        private final PrefixSet<K> shadow = new PrefixSet<>();
        private double score;

        Rival(PrefixSet.Ranking ranking) {
            this.ranking = ranking;
        }

        void request(List<K> chain, int[] types, long bytesEach, long capacity, double now) {
            score = MEMORY * score + (double) bytesEach * shadow.held(chain);
            shadow.use(chain, types, bytesEach, now);
            shadow.shrink(capacity, ranking, now);
        }
    }

    /** Length of the beginning of {@code chain} that is stored. */
    public int held(List<K> chain) {
        return stored.held(chain);
    }

    /** Blocks stored. */
    public int size() {
        return stored.size();
    }

    public long bytes() {
        return stored.bytes();
    }

    /** Whether LRU's order is followed now, because no other did better lately. */
    public boolean followsRecency() {
        return best() == recency;
    }

    private Rival<K> best() {
        Rival<K> best = recency;
        double score = MARGIN * recency.score;
        for (Rival<K> rival : learned) {
            if (rival.score > score) {
                best = rival;
                score = rival.score;
            }
        }
        return best;
    }

    /**
     * A request for {@code chain}, whose blocks take {@code bytesEach}, at {@code now} seconds.
     *
     * @param shortEnd whether the last block is not full
     */
    public Outcome<K> request(List<K> chain, boolean shortEnd, long bytesEach, double now) {
        int hits = stored.held(chain);
        int[] types = history.request(chain, shortEnd, now);
        recency.request(chain, types, bytesEach, capacity, now);
        learned.forEach(rival -> rival.request(chain, types, bytesEach, capacity, now));
        stored.use(chain, types, bytesEach, now);
        List<K> gone = stored.shrink(capacity, best().ranking, now);
        int kept = stored.held(chain);
        List<K> forgotten = new ArrayList<>(gone);
        // What never was stored need not be deleted.
        for (int i = Math.max(hits, kept); i < chain.size(); i++) {
            forgotten.remove(chain.get(i));
        }
        return new Outcome<>(hits, kept, forgotten);
    }

    /** Takes {@code chain} as stored before this policy began, last used at {@code lastUse}; then {@link #trim}. */
    public void restore(List<K> chain, long bytesEach, double lastUse) {
        stored.use(chain, history.request(chain, false, lastUse), bytesEach, lastUse);
    }

    /** A block is gone, or was never written; returns what is of no use without it, itself included. */
    public List<K> forget(K key) {
        return stored.remove(key);
    }

    /** Forgets what is beyond the capacity, after {@link #restore}; returns what went, ends of chains first. */
    public List<K> trim(double now) {
        return stored.shrink(capacity, best().ranking, now);
    }

    /** Never forgets the blocks of {@code chain}, stored now or later; {@code false} takes one such promise back.
     * Only if more is promised than there is room for, some of it goes as well. */
    public void pin(List<K> chain, boolean pinned) {
        stored.pin(chain, pinned);
    }
}
