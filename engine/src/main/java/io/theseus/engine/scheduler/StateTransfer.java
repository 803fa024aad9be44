package io.theseus.engine.scheduler;

import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.model.StepModel.Block;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.scheduler.StateStore.Plan;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Carries states between the engine's memory and a {@link StateStore}, a few blocks a turn, so that running answers do not stall.
 * Belongs to the engine's thread.
 */
final class StateTransfer {
    private static final System.Logger LOG = System.getLogger(StateTransfer.class.getName());

    /** What a turn may spend while answers stream, and otherwise. */
    private static final long STREAMING_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    /** Blocks held for the store to take. */
    private static final int MOST_EXPORTS = 512;

    private record Export(int[] tokens, int index, Block block) {}

    private final StepModel model;
    private final StateStore store;
    private final PrefillPace pace;
    private final LongSupplier nanoTime;
    private final Runnable wake;
    private final ArrayDeque<Export> exports = new ArrayDeque<>();
    private long importedTokens;

    StateTransfer(StepModel model, StateStore store, PrefillPace pace, LongSupplier nanoTime, Runnable wake) {
        this.model = model;
        this.store = store;
        this.pace = pace;
        this.nanoTime = nanoTime;
        this.wake = wake;
    }

    /** Tokens whose state came from the store so far. */
    long importedTokens() {
        return importedTokens;
    }

    /**
     * Whether {@code answer} has to wait for blocks that are being loaded. Decides so when it first looks at the answer.
     *
     * @param inMemory tokens of its beginning whose state is in memory
     */
    boolean waits(Answer answer, int inMemory, long now) {
        if (!answer.planned()) {
            int whole = (answer.length() - 1) / model.blockTokens();
            int from = inMemory / model.blockTokens();
            answer.plan(
                    whole <= from
                            ? Plan.COMPUTE
                            : store.plan(
                                    Arrays.copyOf(answer.tokens(), whole * model.blockTokens()),
                                    from,
                                    pace.nanosPerToken(),
                                    wake),
                    now);
        }
        return answer.loading(now);
    }

    /** Puts loaded blocks into the sequences of running answers; returns whether there was anything to do. */
    boolean importSome(List<Answer> running, KvMemory memory) {
        boolean streaming = running.stream().anyMatch(Answer::decoding);
        long start = nanoTime.getAsLong();
        boolean worked = false;
        for (Answer answer : running) {
            while (answer.importing()) {
                if (worked && nanoTime.getAsLong() - start >= (streaming ? STREAMING_NANOS : IDLE_NANOS)) {
                    return true;
                }
                worked = true;
                importNext(answer, memory);
            }
        }
        return worked;
    }

    private void importNext(Answer answer, KvMemory memory) {
        long start = nanoTime.getAsLong();
        Plan plan = answer.plan();
        Sequence sequence = answer.sequence();
        int block = sequence.length() / model.blockTokens();
        if (block < plan.first() || block >= plan.end() || !memory.free(1)) {
            answer.endImport();
            return;
        }
        try {
            int before = sequence.length();
            sequence.truncate(block * model.blockTokens());
            model.importState(sequence, plan.state(block));
            importedTokens += sequence.length() - before;
            answer.imported(sequence.length() - before, nanoTime.getAsLong() - start);
        } catch (TheseusException e) {
            LOG.log(System.Logger.Level.WARNING, "a stored state cannot be used, computing it cause=" + e.getMessage());
            answer.endImport();
        }
    }

    /** The prompt of {@code answer} is computed: takes note of what the store wants of it. */
    void prefilled(Answer answer, long now) {
        answer.plan().computed(answer.promptLength() - answer.cachedTokens(), now - answer.startedAt());
        int[] tokens =
                Arrays.copyOf(answer.tokens(), answer.promptLength() / model.blockTokens() * model.blockTokens());
        for (int block : store.wanted(tokens, pace.nanosPerToken())) {
            if (exports.size() < MOST_EXPORTS) {
                exports.add(new Export(tokens, block, answer.sequence().hold(block)));
            }
        }
    }

    /** Hands some blocks to the store; returns whether there were any. */
    boolean exportSome(boolean streaming) {
        if (exports.isEmpty()) {
            return false;
        }
        long start = nanoTime.getAsLong();
        do {
            Export export = exports.remove();
            store.store(export.tokens(), export.index(), model.exportState(export.block()));
            export.block().close();
        } while (!exports.isEmpty() && nanoTime.getAsLong() - start < (streaming ? STREAMING_NANOS : IDLE_NANOS));
        return true;
    }

    /** Lets go of a block that waits for the store, the one that came last; returns whether there was one. */
    boolean giveUpOne() {
        Export last = exports.pollLast();
        if (last == null) {
            return false;
        }
        last.block().close();
        return true;
    }

    /** Lets go of everything. */
    void clear() {
        exports.forEach(export -> export.block().close());
        exports.clear();
    }
}
