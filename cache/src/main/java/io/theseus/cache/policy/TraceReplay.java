package io.theseus.cache.policy;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Replays a trace on its own clock and counts the prompt tokens that need not be computed. */
public final class TraceReplay {
    /*
     * The same for all: a request hits the longest beginning whose blocks are stored; then its blocks may be stored. Every block takes
     * the room of a whole one, the last and shorter one too; a hit on it counts its own tokens.
     *
     * The bound is Belady's rule with bypass: of what is stored and what was just computed, keep the blocks whose next use comes first.
     * A block is never needed before the one it follows, so with ties broken towards the beginning this keeps whole beginnings, and no
     * policy that knows the future hits more blocks. Last blocks that are not full would break that, being worth less for the same
     * room: they are left out of it, and counted as if they took no room and were never forgotten.
     *
     * Source: L. Belady, "A Study of Replacement Algorithms for a Virtual-Storage Computer", IBM Systems Journal 1966; R. Mattson et
     * al., "Evaluation Techniques for Storage Hierarchies", IBM Systems Journal 1970 (optimality, bypass).
     */
    private final Trace trace;
    private final int blocks;
    private final long tokens;

    /**
     * @param capacityTokens room for state, in tokens; less than a block's holds nothing
     */
    public TraceReplay(Trace trace, long capacityTokens) {
        this.trace = trace;
        this.blocks = (int) Math.min(Integer.MAX_VALUE, capacityTokens / trace.blockTokens());
        this.tokens = trace.requests().stream().mapToLong(Trace.Request::tokens).sum();
    }

    /** Blocks that the room is enough for. */
    public int blocks() {
        return blocks;
    }

    private long tokens(Trace.Request request, int hits) {
        return Math.min((long) hits * trace.blockTokens(), request.tokens());
    }

    private double rate(long hitTokens) {
        return tokens == 0 ? 0 : (double) hitTokens / tokens;
    }

    /** Share of prompt tokens that our policy saves. */
    public double learned() {
        LearnedPolicy<Long> policy = new LearnedPolicy<>(blocks, Math.max(1 << 18, 4 * Math.min(blocks, 1 << 24)));
        long hit = 0;
        for (Trace.Request request : trace.requests()) {
            boolean shortEnd = request.tokens() % trace.blockTokens() != 0;
            hit += tokens(
                    request,
                    policy.request(request.chain(), shortEnd, 1, request.seconds())
                            .hits());
        }
        return rate(hit);
    }

    /** Share that LRU saves: every block stored, the least recently used end of a chain forgotten. */
    public double leastRecentlyUsed() {
        LinkedHashMap<Long, Boolean> stored = new LinkedHashMap<>(16, 0.75f, true);
        long hit = 0;
        for (Trace.Request request : trace.requests()) {
            List<Long> chain = request.chain();
            int hits = 0;
            while (hits < chain.size() && stored.containsKey(chain.get(hits))) {
                hits++;
            }
            hit += tokens(request, hits);
            // From the end, so that the first block of a chain is the last to go.
            for (Long key : chain.reversed()) {
                stored.put(key, true);
            }
            for (var eldest = stored.keySet().iterator(); stored.size() > blocks; ) {
                eldest.next();
                eldest.remove();
            }
        }
        return rate(hit);
    }

    private record Waiting(int nextUse, int depth, long key) {}

    /** Share that no policy can pass, even one that knows what comes. */
    public double bound() {
        int[][] nextUse = nextUses();
        TreeSet<Waiting> order = new TreeSet<>(Comparator.comparingInt(Waiting::nextUse)
                .thenComparingInt(Waiting::depth)
                .thenComparingLong(Waiting::key));
        Map<Long, Waiting> stored = new HashMap<>();
        long hit = 0;
        Set<Long> free = new HashSet<>();
        for (int i = 0; i < nextUse.length; i++) {
            Trace.Request request = trace.requests().get(i);
            List<Long> chain = request.chain();
            int rest = request.tokens() % trace.blockTokens();
            int full = rest == 0 || chain.isEmpty() ? chain.size() : chain.size() - 1;
            int hits = 0;
            while (hits < full && (stored.containsKey(chain.get(hits)) || free.contains(chain.get(hits)))) {
                hits++;
            }
            hit += tokens(request, hits);
            if (full < chain.size() && !free.add(chain.get(full))) {
                hit += rest;
            }
            for (int j = 0; j < full; j++) {
                Waiting before = stored.remove(chain.get(j));
                if (before != null) {
                    order.remove(before);
                }
                if (nextUse[i][j] != Integer.MAX_VALUE) {
                    Waiting waiting = new Waiting(nextUse[i][j], j, chain.get(j));
                    stored.put(chain.get(j), waiting);
                    order.add(waiting);
                }
            }
            while (order.size() > blocks) {
                stored.remove(order.removeLast().key());
            }
        }
        return Math.min(rate(hit), everything());
    }

    /** Share that a cache without limit saves. */
    private double everything() {
        Map<Long, Boolean> stored = new HashMap<>();
        long hit = 0;
        for (Trace.Request request : trace.requests()) {
            int hits = 0;
            while (hits < request.chain().size()
                    && stored.containsKey(request.chain().get(hits))) {
                hits++;
            }
            hit += tokens(request, hits);
            request.chain().forEach(key -> stored.put(key, true));
        }
        return rate(hit);
    }

    /** Per request and block: the index of the next request with that block, or {@code Integer.MAX_VALUE}. */
    private int[][] nextUses() {
        int count = trace.requests().size();
        int[][] result = new int[count][];
        Map<Long, Integer> next = new HashMap<>();
        for (int i = count - 1; i >= 0; i--) {
            List<Long> chain = trace.requests().get(i).chain();
            int[] row = new int[chain.size()];
            for (int j = 0; j < row.length; j++) {
                row[j] = next.getOrDefault(chain.get(j), Integer.MAX_VALUE);
            }
            for (Long key : chain) {
                next.put(key, i);
            }
            result[i] = row;
        }
        return result;
    }
}
