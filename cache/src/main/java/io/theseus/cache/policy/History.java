package io.theseus.cache.policy;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked lately, stored or not: feeds the statistics, and lets a block that comes again be known as such (the ghosts of
 * adaptive caches). Bounded. Not thread-safe.
 *
 * @param <K> names a block and everything before it
 */
final class History<K> {
    /*
     * A block's class is how often it was used (0, 1, 2, 3, 4-7 ...) and which turn of its conversation came last (1, 2, 3, 4-7 ...).
     * A request continues a conversation if the last block it shares with an earlier one had at most one continuation before; where
     * many continue, it is a shared prompt, and the conversation is new.
     */
    private static final int LEVELS = 8;

    /** Added to the class of a last block that is not full: only the same prompt as a whole can use it again. */
    private static final int SHORT = LEVELS * LEVELS;

    private static final int REFRESH_AFTER = 200;

    private static final class Seen {
        private int type;
        private int uses;
        private int turn;
        private int branches;
        private double last;
    }

    private final int capacity;
    private final ReuseStatistics statistics = new ReuseStatistics(2 * SHORT);
    private final LinkedHashMap<K, Seen> leastRecentFirst = new LinkedHashMap<>(16, 0.75f, true);
    private int sinceRefresh;

    /** @param capacity blocks remembered at most */
    History(int capacity) {
        this.capacity = capacity;
    }

    ReuseStatistics statistics() {
        return statistics;
    }

    /**
     * Notes a request; returns the class of each of its blocks from now on.
     *
     * @param shortEnd whether its last block is not full
     */
    int[] request(List<K> chain, boolean shortEnd, double now) {
        Seen[] blocks = new Seen[chain.size()];
        int known = 0;
        for (int i = 0; i < blocks.length; i++) {
            Seen seen = leastRecentFirst.get(chain.get(i));
            if (seen == null) {
                break;
            }
            blocks[i] = seen;
            known = i + 1;
            statistics.reused(seen.type, now - seen.last);
            seen.uses++;
        }
        Seen shared = known == 0 ? null : blocks[known - 1];
        int turn = shared != null && shared.branches <= 1 ? shared.turn + 1 : 1;
        boolean continues = turn > 1;
        if (shared != null && known < blocks.length) {
            shared.branches++;
        }
        int[] types = new int[blocks.length];
        // From the end, so that the first block is the last to be forgotten.
        for (int i = blocks.length - 1; i >= 0; i--) {
            boolean last = i == blocks.length - 1;
            Seen seen = touch(blocks[i], chain.get(i), !last, turn, continues);
            seen.last = now;
            seen.type = level(seen.uses) * LEVELS + level(seen.turn) + (last && shortEnd ? SHORT : 0);
            types[i] = seen.type;
        }
        trim(now);
        if (++sinceRefresh >= REFRESH_AFTER) {
            sinceRefresh = 0;
            refresh(now);
        }
        return types;
    }

    private Seen touch(@Nullable Seen known, K key, boolean hasNext, int turn, boolean continues) {
        Seen seen = known;
        if (seen == null) {
            seen = new Seen();
            seen.turn = turn;
            seen.branches = hasNext ? 1 : 0;
            leastRecentFirst.put(key, seen);
        } else {
            leastRecentFirst.get(key);
            seen.turn = continues ? Math.max(seen.turn, turn) : seen.turn;
        }
        return seen;
    }

    /** 0, 1, 2, 3, then one for each power of two. */
    private static int level(int count) {
        return count < 4 ? count : Math.min(LEVELS - 1, 34 - Integer.numberOfLeadingZeros(count));
    }

    private void trim(double now) {
        ArrayDeque<K> oldest = new ArrayDeque<>();
        for (var entries = leastRecentFirst.entrySet().iterator();
                leastRecentFirst.size() - oldest.size() > capacity && entries.hasNext(); ) {
            var entry = entries.next();
            statistics.lost(entry.getValue().type, now - entry.getValue().last);
            oldest.add(entry.getKey());
        }
        oldest.forEach(leastRecentFirst::remove);
    }

    private void refresh(double now) {
        double[][] waiting = statistics.waiting();
        for (Seen seen : leastRecentFirst.values()) {
            ReuseStatistics.wait(waiting[seen.type], now - seen.last);
        }
        statistics.refresh(waiting);
    }
}
