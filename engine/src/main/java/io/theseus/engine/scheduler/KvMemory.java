package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.scheduler.PrefixPool.Kept;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The KV blocks of the model: who gets some, and which kept states give way. Belongs to the engine's thread. */
final class KvMemory {
    private final StepModel model;
    private final PrefixPool kept;

    KvMemory(StepModel model, int keptStates) {
        this.model = model;
        kept = new PrefixPool(keptStates);
    }

    private int blocks(int tokens) {
        return Math.ceilDiv(tokens, model.blockTokens());
    }

    /** Most blocks that {@code answer} takes to grow by {@code tokens}. */
    int growth(Answer answer, int tokens) {
        int computed = answer.computed();
        boolean copies = answer.untouched() && computed % model.blockTokens() != 0;
        return blocks(computed + tokens) - blocks(computed) + (copies ? 1 : 0);
    }

    /** Blocks that {@code answer} needs soon: for its tokens so far and up to one block more. */
    private int soon(Answer answer) {
        return blocks(Math.min(answer.length() + model.blockTokens(), answer.limit())) - blocks(answer.computed());
    }

    /** Closes kept states until {@code blocks} are free or none is left; returns whether they are free. */
    boolean free(int blocks) {
        return free(blocks, null);
    }

    private boolean free(int blocks, @Nullable Kept except) {
        while (model.freeBlocks() < blocks) {
            if (!kept.evict(except)) {
                return false;
            }
        }
        return true;
    }

    /**
     * A sequence for {@code answer} that holds as many of its tokens as a kept or running one already has.
     *
     * @param running whose needs come first
     * @return empty if the blocks for the answer's tokens and one block more are not there beside what {@code running} needs soon
     */
    Optional<Sequence> begin(Answer answer, List<Answer> running) {
        int reserved = running.stream().mapToInt(this::soon).sum();
        Answer relative = longestRunning(answer, running);
        int shared = relative == null ? 0 : shared(answer, relative);
        Kept state =
                kept.longest(answer, Math.max(shared + 1, PrefixPool.SHORTEST)).orElse(null);
        if (state != null) {
            shared = answer.common(state.tokens(), state.tokens().length, answer.length() - 1);
        }
        // Whole shared blocks cost nothing; a partly shared one is copied.
        int need = soon(answer) - shared / model.blockTokens() + reserved;
        if (free(need, state)) {
            Sequence source = state != null ? state.sequence() : relative != null ? relative.sequence() : null;
            if (state != null) {
                kept.touch(state);
            }
            return Optional.of(source == null ? model.newSequence() : forkTo(source, shared));
        }
        if (state == null) {
            return Optional.empty();
        }
        // Too tight to keep that state beside its continuation: continue it itself.
        Sequence taken = kept.take(state);
        taken.truncate(shared);
        if (model.freeBlocks() >= soon(answer) - blocks(shared) + reserved) {
            return Optional.of(taken);
        }
        taken.close();
        return model.freeBlocks() >= soon(answer) + reserved ? Optional.of(model.newSequence()) : Optional.empty();
    }

    private Sequence forkTo(Sequence source, int length) {
        try {
            Sequence fork = source.fork();
            fork.truncate(length);
            return fork;
        } catch (TheseusException e) {
            if (e.code() != ErrorCode.BUSY) {
                throw e;
            }
            return model.newSequence(); // Nothing lost but time: the tokens are computed again.
        }
    }

    private static @Nullable Answer longestRunning(Answer answer, List<Answer> running) {
        Answer best = null;
        for (Answer other : running) {
            if (shared(answer, other) > (best == null ? PrefixPool.SHORTEST - 1 : shared(answer, best))) {
                best = other;
            }
        }
        return best;
    }

    private static int shared(Answer answer, Answer other) {
        return answer.common(other.tokens(), other.computed(), answer.length() - 1);
    }

    /** Takes back the blocks of an answer that ended; they may serve another that begins alike. */
    void end(Answer answer) {
        int[] tokens = answer.computedTokens();
        Sequence sequence = answer.detach();
        if (sequence != null) {
            kept.keep(tokens, sequence);
        }
    }

    /** Takes back the blocks of an answer whose state is not to be used again, or not worth keeping. */
    void drop(Answer answer) {
        Sequence sequence = answer.detach();
        if (sequence != null) {
            sequence.close();
        }
    }

    /** Closes the least recently used of the kept states; returns whether there was one. */
    boolean evict() {
        return kept.evict(null);
    }

    int used() {
        return model.totalBlocks() - model.freeBlocks();
    }
}
