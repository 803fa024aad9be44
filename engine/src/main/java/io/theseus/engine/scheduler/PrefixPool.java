package io.theseus.engine.scheduler;

import io.theseus.engine.model.StepModel.Sequence;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The states of finished sequences, for requests that begin like one of them: the next turn of a chat, another question under the
 * same system prompt. Bounded in number; the least recently used gives way first. Belongs to the engine's thread.
 */
final class PrefixPool {
    /*
     * A few dozen sequences are compared one by one: Arrays.mismatch runs at memory speed, and only on what is equal. A radix tree
     * would win from hundreds of entries on.
     */
    /** A shorter beginning is recomputed faster than it is kept. */
    static final int SHORTEST = 16;

    /** One kept state, by identity: {@code tokens} are those whose state {@code sequence} holds. */
    static final class Kept {
        private final int[] tokens;
        private final Sequence sequence;

        private Kept(int[] tokens, Sequence sequence) {
            this.tokens = tokens;
            this.sequence = sequence;
        }

        int[] tokens() {
            return tokens;
        }

        Sequence sequence() {
            return sequence;
        }
    }

    private final int capacity;
    private final ArrayDeque<Kept> leastRecentFirst = new ArrayDeque<>();

    PrefixPool(int capacity) {
        this.capacity = capacity;
    }

    /** Takes a sequence that has ended; closes it or others if it is not worth a place or they no longer are. */
    void keep(int[] tokens, Sequence sequence) {
        if (tokens.length < SHORTEST || capacity == 0 || covered(tokens)) {
            sequence.close();
            return;
        }
        for (Iterator<Kept> it = leastRecentFirst.iterator(); it.hasNext(); ) {
            Kept kept = it.next();
            if (common(kept.tokens, tokens) == kept.tokens.length) {
                it.remove();
                kept.sequence.close();
            }
        }
        leastRecentFirst.addLast(new Kept(tokens, sequence));
        while (leastRecentFirst.size() > capacity) {
            evict(null);
        }
    }

    private boolean covered(int[] tokens) {
        return leastRecentFirst.stream().anyMatch(kept -> common(kept.tokens, tokens) == tokens.length);
    }

    private static int common(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** The state that shares the longest beginning with {@code answer}'s tokens, if one shares at least {@code least} tokens. */
    Optional<Kept> longest(Answer answer, int least) {
        Kept best = null;
        int bestCommon = Math.max(least, 1) - 1;
        for (Kept kept : leastRecentFirst) {
            int common = answer.common(kept.tokens, kept.tokens.length, answer.length() - 1);
            if (common > bestCommon) {
                best = kept;
                bestCommon = common;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Makes {@code kept} the last to be evicted. */
    void touch(Kept kept) {
        leastRecentFirst.remove(kept);
        leastRecentFirst.addLast(kept);
    }

    /** Hands {@code kept}'s sequence over to the caller. */
    Sequence take(Kept kept) {
        leastRecentFirst.remove(kept);
        return kept.sequence;
    }

    /**
     * Closes the least recently used state.
     *
     * @param except a state to spare, or null
     * @return whether there was one to close
     */
    boolean evict(@Nullable Kept except) {
        for (Iterator<Kept> it = leastRecentFirst.iterator(); it.hasNext(); ) {
            Kept kept = it.next();
            if (kept != except) {
                it.remove();
                kept.sequence.close();
                return true;
            }
        }
        return false;
    }

    int size() {
        return leastRecentFirst.size();
    }
}
