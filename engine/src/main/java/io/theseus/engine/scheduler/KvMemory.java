package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.scheduler.PrefixTree.Match;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The KV blocks of the model: who gets some, and which kept states give way. Belongs to the engine's thread. */
final class KvMemory {
    private final StepModel model;
    private final PrefixTree kept;
    private final LongSupplier nanoTime;
    private final BooleanSupplier lastResort;

    /** @param lastResort lets go of a block that nothing depends on, if there is one; asked when nothing kept is left */
    KvMemory(
            StepModel model,
            int keptBlocks,
            ReuseForecast forecast,
            LongSupplier nanoTime,
            BooleanSupplier lastResort) {
        this.model = model;
        this.lastResort = lastResort;
        this.nanoTime = nanoTime;
        kept = new PrefixTree(model.blockTokens(), keptBlocks, forecast);
    }

    int blockTokens() {
        return model.blockTokens();
    }

    /** Length of the beginning of {@code answer} whose state is kept or with a running answer. */
    int matching(Answer answer, List<Answer> running) {
        Answer relative = longestRunning(answer, running);
        int shared = relative == null ? 0 : shared(answer, relative);
        return Math.max(shared, kept.match(answer.tokens(), answer.length() - 1).tokens());
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

    /** Forgets kept blocks until {@code blocks} are free or forgetting frees no more; returns whether they are free. */
    boolean free(int blocks) {
        while (model.freeBlocks() < blocks) {
            if (!evict()) {
                return false;
            }
        }
        return true;
    }

    /**
     * A sequence for {@code answer} that holds as many of its tokens as are kept or as a running one already has.
     *
     * @param running whose needs come first
     * @return empty if the blocks for the answer's tokens and one block more are not there beside what {@code running} needs soon
     */
    Optional<Sequence> begin(Answer answer, List<Answer> running) {
        int reserved = running.stream().mapToInt(this::soon).sum();
        Answer relative = longestRunning(answer, running);
        int shared = relative == null ? 0 : shared(answer, relative);
        Match match = kept.match(answer.tokens(), answer.length() - 1);
        if (match.tokens() <= Math.max(shared, PrefixTree.SHORTEST - 1)) {
            Sequence sequence = relative == null ? model.newSequence() : forkTo(relative.sequence(), shared);
            return fitted(answer, sequence, reserved);
        }
        Sequence sequence = model.newSequence();
        kept.resume(match, sequence);
        if (!free(soon(answer, sequence) + reserved)) {
            // Too tight to keep the end of that state beside its continuation: continue it itself, or compute it again.
            if (match.tokens() % model.blockTokens() != 0 && !kept.forgetEnd(match)) {
                sequence.truncate(match.tokens() / model.blockTokens() * model.blockTokens());
            }
            return fitted(answer, sequence, reserved);
        }
        kept.used(match, nanoTime.getAsLong());
        return Optional.of(sequence);
    }

    private Optional<Sequence> fitted(Answer answer, Sequence sequence, int reserved) {
        if (free(soon(answer, sequence) + reserved)) {
            return Optional.of(sequence);
        }
        sequence.close();
        return Optional.empty();
    }

    /** Blocks that {@code answer} needs soon beside those of {@code sequence}, of which it will copy a partly filled one. */
    private int soon(Answer answer, Sequence sequence) {
        int whole = sequence.length() / model.blockTokens();
        return blocks(Math.min(answer.length() + model.blockTokens(), answer.limit())) - whole;
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
            if (shared(answer, other) > (best == null ? PrefixTree.SHORTEST - 1 : shared(answer, best))) {
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
            kept.keep(tokens, sequence, nanoTime.getAsLong());
            sequence.close();
        }
    }

    /** Takes back the blocks of an answer whose state is not to be used again, or not worth keeping. */
    void drop(Answer answer) {
        Sequence sequence = answer.detach();
        if (sequence != null) {
            sequence.close();
        }
    }

    /** Forgets the kept block that saves least; returns whether there was one that nobody uses. */
    boolean evict() {
        return kept.evict(nanoTime.getAsLong()) || lastResort.getAsBoolean();
    }

    /** Forgets all kept blocks. */
    void clear() {
        kept.clear();
    }

    /** Blocks kept for requests to come, those that running answers share included. */
    int kept() {
        return kept.size();
    }

    int used() {
        return model.totalBlocks() - model.freeBlocks();
    }
}
