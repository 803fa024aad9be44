package io.theseus.engine.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps states in memory; loads become ready when the test says so. */
final class FakeStateStore implements StateStore {
    private final int blockTokens;
    private final Map<List<Integer>, byte[]> states = new HashMap<>();
    final List<FakePlan> plans = new ArrayList<>();
    int stored;

    /** Whether loads are there at once. */
    boolean quick;

    /** Blocks that will be missing after all. */
    int missing;

    FakeStateStore(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    @Override
    public Plan plan(int[] tokens, int from, double prefillNanosPerToken, Runnable wake) {
        List<byte[]> found = new ArrayList<>();
        for (int block = from; states.containsKey(key(tokens, block)); block++) {
            found.add(states.get(key(tokens, block)));
        }
        if (found.isEmpty()) {
            return Plan.COMPUTE;
        }
        FakePlan plan = new FakePlan(from, found.subList(0, Math.max(0, found.size() - missing)), wake);
        plan.ready = quick;
        plans.add(plan);
        return plan;
    }

    private List<Integer> key(int[] tokens, int block) {
        return (block + 1) * blockTokens > tokens.length
                ? List.of()
                : Arrays.stream(tokens, 0, (block + 1) * blockTokens).boxed().toList();
    }

    @Override
    public List<Integer> wanted(int[] tokens, double prefillNanosPerToken) {
        List<Integer> wanted = new ArrayList<>();
        for (int block = 0; (block + 1) * blockTokens <= tokens.length; block++) {
            if (!states.containsKey(key(tokens, block))) {
                wanted.add(block);
            }
        }
        return wanted;
    }

    @Override
    public void store(int[] tokens, int block, byte[] state) {
        states.put(key(tokens, block), state);
        stored++;
    }

    void spoil() {
        states.replaceAll((key, state) -> new byte[0]);
    }

    static final class FakePlan implements Plan {
        private final int first;
        private final List<byte[]> found;
        private final Runnable wake;
        boolean ready;
        boolean closed;
        int imported;

        FakePlan(int first, List<byte[]> found, Runnable wake) {
            this.first = first;
            this.found = found;
            this.wake = wake;
        }

        void arrive() {
            ready = true;
            wake.run();
        }

        @Override
        public boolean loads() {
            return true;
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public int first() {
            return first;
        }

        @Override
        public int end() {
            return first + found.size();
        }

        @Override
        public byte[] state(int block) {
            if (closed) {
                throw new AssertionError("state of a closed plan");
            }
            return found.get(block - first);
        }

        @Override
        public void imported(int blocks, long nanos) {
            imported += blocks;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
