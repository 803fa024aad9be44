package io.theseus.node.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The attempts that are running for one request; the first whose answer begins is the one that is relayed. */
final class Race {
    private final UpstreamSettings settings;

    /** Changed by whoever reads the signals; read by whoever cancels as well. */
    private final List<Attempt> running = new CopyOnWriteArrayList<>();

    private @Nullable Attempt winner;

    /** When the winner was last heard, as {@link System#nanoTime}. */
    private long heard;

    Race(UpstreamSettings settings) {
        this.settings = settings;
    }

    void enter(Attempt attempt) {
        running.add(attempt);
    }

    boolean has(Attempt attempt) {
        return running.contains(attempt);
    }

    int size() {
        return running.size();
    }

    /** The one that runs alone and has not begun to answer; empty if there are others, or none. */
    Optional<Attempt> alone() {
        return won() || running.size() != 1 ? Optional.empty() : Optional.of(running.getFirst());
    }

    /** Whether an answer has begun. */
    boolean won() {
        return winner != null;
    }

    /** An answer begins: nobody waits for the others. */
    void win(Attempt attempt, long now) {
        winner = attempt;
        heard = now;
        attempt.host().breaker().begun();
        if (attempt.hedge()) {
            attempt.host().hedgesWon.increment();
        }
        for (Attempt other : running) {
            if (other != attempt) {
                other.cancel();
                finish(other);
                other.host().breaker().unknown();
            }
        }
    }

    /** Something of the answer came. */
    void heard(long now) {
        heard = now;
    }

    /** What nobody waited for, as the client was slow to read, is not silence of the upstream's. */
    void absent(long nanos) {
        heard += nanos;
    }

    /** When the first of them has been silent for too long. */
    long nextDeadline() {
        return running.stream().mapToLong(this::deadline).min().orElse(Long.MAX_VALUE);
    }

    private long deadline(Attempt attempt) {
        // Between the head and the first event, or the body, engines read the prompt: that may take as long as a
        // beginning.
        return attempt == winner
                ? heard + settings.idle().toNanos()
                : attempt.startedAt() + settings.firstByte().toNanos();
    }

    /** Those who have been silent for too long. */
    List<Attempt> late(long now) {
        return running.stream().filter(attempt -> deadline(attempt) <= now).toList();
    }

    /** What is wrong with a late one. */
    UpstreamFault lateness(Attempt attempt) {
        Upstream upstream = attempt.host().upstream();
        Duration limit = attempt == winner ? settings.idle() : settings.firstByte();
        return UpstreamFault.late(upstream, attempt == winner ? "nothing more" : "no answer", limit);
    }

    void finish(Attempt attempt) {
        running.remove(attempt);
        attempt.settle();
    }

    /** Nobody wants the answer any more; by any thread. */
    void cancel() {
        for (Attempt attempt : running) {
            attempt.cancel();
            attempt.host().breaker().unknown();
        }
    }
}
