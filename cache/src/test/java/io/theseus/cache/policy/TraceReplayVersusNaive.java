package io.theseus.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bound against every possible policy, LRU against a list, on traces small enough. */
class TraceReplayVersusNaive {
    private static final int BLOCK = 4;

    /** Few chains of up to four blocks in a random tree; ids name paths. */
    private static Trace trace(Random random, int requests, boolean shortEnds) {
        List<Trace.Request> list = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            List<Long> chain = new ArrayList<>();
            long id = 1;
            for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
                id = id * 3 + random.nextInt(2);
                chain.add(id);
            }
            int rest = shortEnds && random.nextInt(3) == 0 ? 1 + random.nextInt(BLOCK - 1) : 0;
            if (rest > 0) {
                chain.set(chain.size() - 1, -chain.getLast()); // a short block has a name of its own
            }
            list.add(new Trace.Request(i, chain.size() * BLOCK - (rest > 0 ? BLOCK - rest : 0), chain));
        }
        return new Trace(list, BLOCK);
    }

    @Test
    void theBoundIsTheBestOfAllPolicies() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            Trace trace = trace(random, 7, false);
            int blocks = random.nextInt(5);
            double best = (double) best(trace, 0, blocks, Set.of(), new HashMap<>()) / tokens(trace);
            assertThat(new TraceReplay(trace, (long) blocks * BLOCK).bound())
                    .as("seed %d round %d: %s in %d blocks", seed, round, trace, blocks)
                    .isEqualTo(best, within(1e-12));
        }
    }

    @Test
    void noPolicyPassesTheBoundWithShortBlocksEither() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            Trace trace = trace(random, 7, true);
            int blocks = random.nextInt(5);
            double best = (double) best(trace, 0, blocks, Set.of(), new HashMap<>()) / tokens(trace);
            assertThat(new TraceReplay(trace, (long) blocks * BLOCK).bound())
                    .as("seed %d round %d: %s in %d blocks", seed, round, trace, blocks)
                    .isGreaterThanOrEqualTo(best - 1e-12);
        }
    }

    private static long tokens(Trace trace) {
        return trace.requests().stream().mapToLong(Trace.Request::tokens).sum();
    }

    private record Situation(int next, Set<Long> stored) {}

    /** Tokens that the best choice of what to store after each request saves from request {@code next} on. */
    private static long best(Trace trace, int next, int blocks, Set<Long> stored, Map<Situation, Long> known) {
        if (next == trace.requests().size()) {
            return 0;
        }
        Situation situation = new Situation(next, stored);
        Long before = known.get(situation);
        if (before != null) {
            return before;
        }
        Trace.Request request = trace.requests().get(next);
        long saved = Math.min((long) held(stored, request.chain()) * BLOCK, request.tokens());
        Set<Long> candidates = new HashSet<>(stored);
        candidates.addAll(request.chain());
        long[] ids = candidates.stream().mapToLong(Long::longValue).toArray();
        long best = 0;
        for (int choice = 0; choice < 1 << ids.length; choice++) {
            if (Integer.bitCount(choice) == Math.min(blocks, ids.length)) {
                Set<Long> kept = new HashSet<>();
                for (int i = 0; i < ids.length; i++) {
                    if ((choice >> i & 1) == 1) {
                        kept.add(ids[i]);
                    }
                }
                best = Math.max(best, best(trace, next + 1, blocks, kept, known));
            }
        }
        known.put(situation, saved + best);
        return saved + best;
    }

    private static int held(Set<Long> stored, List<Long> chain) {
        int held = 0;
        while (held < chain.size() && stored.contains(chain.get(held))) {
            held++;
        }
        return held;
    }

    @Test
    void leastRecentlyUsedIsWhatAListDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Trace trace = trace(random, 60, true);
            int blocks = random.nextInt(12);
            List<Long> list = new ArrayList<>();
            long saved = 0;
            for (Trace.Request request : trace.requests()) {
                saved += Math.min((long) held(new HashSet<>(list), request.chain()) * BLOCK, request.tokens());
                for (Long id : request.chain().reversed()) {
                    list.remove(id);
                    list.add(id);
                }
                while (list.size() > blocks) {
                    list.removeFirst();
                }
            }
            assertThat(new TraceReplay(trace, (long) blocks * BLOCK).leastRecentlyUsed())
                    .as("seed %d round %d", seed, round)
                    .isEqualTo((double) saved / tokens(trace), within(1e-12));
        }
    }

    @Test
    void noRoomSavesNothingAndEndlessRoomSavesWhatTheBoundSaves() {
        Random random = new Random(3);
        List<Trace.Request> requests = trace(random, 300, true).requests();
        Trace trace = new Trace(requests, BLOCK);
        TraceReplay none = new TraceReplay(trace, BLOCK - 1);
        assertThat(none.learned()).isZero();
        assertThat(none.leastRecentlyUsed()).isZero();
        TraceReplay endless = new TraceReplay(trace, Long.MAX_VALUE);
        assertThat(endless.learned()).isEqualTo(endless.bound());
        assertThat(endless.leastRecentlyUsed()).isEqualTo(endless.bound());
    }
}
