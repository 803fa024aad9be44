package io.theseus.orchestrator.states;

import io.theseus.cache.states.ModelStates;
import io.theseus.cache.states.StateLoad;
import io.theseus.engine.scheduler.StateStore;
import java.util.List;

/** The states of one model on disk, as the engine asks for them. */
public final class DiskStateStore implements StateStore {
    private final ModelStates states;

    public DiskStateStore(ModelStates states) {
        this.states = states;
    }

    @Override
    public Plan plan(int[] tokens, int from, double prefillNanosPerToken, Runnable wake) {
        return new DiskPlan(states.decide(tokens, from, prefillNanosPerToken, wake));
    }

    @Override
    public List<Integer> wanted(int[] tokens, double prefillNanosPerToken) {
        return states.wanted(tokens, prefillNanosPerToken);
    }

    @Override
    public void store(int[] tokens, int block, byte[] state) {
        states.store(tokens, block, state);
    }

    private record DiskPlan(StateLoad load) implements Plan {
        @Override
        public boolean loads() {
            return load.loads();
        }

        @Override
        public boolean ready() {
            return load.ready();
        }

        @Override
        public int first() {
            return load.first();
        }

        @Override
        public int end() {
            return load.end();
        }

        @Override
        public byte[] state(int block) {
            return load.state(block);
        }

        @Override
        public void imported(int blocks, long nanos) {
            load.imported(blocks, nanos);
        }

        @Override
        public void computed(int tokens, long nanos) {
            load.computed(tokens, nanos);
        }

        @Override
        public void close() {
            load.close();
        }
    }
}
