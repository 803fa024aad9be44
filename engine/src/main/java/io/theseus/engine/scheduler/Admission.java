package io.theseus.engine.scheduler;

import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.scheduler.StepPlanner.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who runs and who waits. Both lists are in order of arrival. Belongs to the engine's thread. */
final class Admission {
    /*
     * Optimistic: a request is taken when the blocks for its prompt and one block more are free beside what the running ones need
     * soon, not when its longest possible answer would fit; most answers are far shorter than allowed. When blocks run out after
     * all, kept blocks go first, then answers whose reader is slow, then the youngest running request gives its blocks back and
     * waits at its old place; exactness makes the recomputation invisible. No deadlock: every request fits into the whole memory (checked at submission) and the
     * oldest that can go on is never preempted for a younger one, so it ends, then the next.
     *
     * No starvation: the order is that of arrival, and one that does not fit is overtaken by at most MAX_OVERTAKEN smaller ones.
     *
     * Source: W. Kwon et al., "Efficient Memory Management for Large Language Model Serving with PagedAttention", SOSP 2023, §4.5
     * (preemption by recomputation); docs/decisions/ has the alternatives.
     */
    private static final int MAX_OVERTAKEN = 8;

    private static final int MAX_BLOCKED = 4;
    private static final Comparator<Answer> BY_ARRIVAL = Comparator.comparingLong(Answer::arrival);

    private final KvMemory memory;
    private final StateTransfer states;
    private final int maxRunning;
    private final List<Answer> running = new ArrayList<>();
    private final List<Answer> waiting = new ArrayList<>();
    private long preemptions;

    Admission(KvMemory memory, StateTransfer states, int maxRunning) {
        this.memory = memory;
        this.states = states;
        this.maxRunning = maxRunning;
    }

    List<Answer> running() {
        return running;
    }

    List<Answer> waiting() {
        return waiting;
    }

    long preemptions() {
        return preemptions;
    }

    /** Puts an answer in the queue at its place by arrival. */
    void enqueue(Answer answer) {
        insert(waiting, answer);
    }

    /** Takes whom there is room for; returns those that never ran before. */
    List<Answer> admit(long now) {
        List<Answer> begun = new ArrayList<>();
        List<Answer> blocked = new ArrayList<>();
        for (Answer answer : List.copyOf(waiting)) {
            if (answer.paused() || sharesPrefillOf(answer) || sharesLoadOf(answer, now)) {
                continue;
            }
            if (running.size() == maxRunning && !pausedMakesWay()) {
                break;
            }
            if (states.waits(answer, answer.planned() ? 0 : memory.matching(answer, running), now)) {
                continue;
            }
            Optional<Sequence> sequence = memory.begin(answer, running);
            while (sequence.isEmpty() && pausedMakesWay()) {
                sequence = memory.begin(answer, running);
            }
            if (sequence.isPresent()) {
                waiting.remove(answer);
                insert(running, answer);
                if (answer.start(sequence.get(), now)) {
                    begun.add(answer);
                }
                blocked.forEach(Answer::overtake);
            } else {
                blocked.add(answer);
            }
            if (blocked.size() == MAX_BLOCKED || blocked.stream().anyMatch(b -> b.overtaken() >= MAX_OVERTAKEN)) {
                break;
            }
        }
        return begun;
    }

    /** Preempts the youngest answer that waits for its reader anyway; returns whether there was one. */
    private boolean pausedMakesWay() {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (running.get(i).paused()) {
                preempt(running.get(i));
                return true;
            }
        }
        return false;
    }

    /** Whether a running request is about to compute tokens that {@code answer} begins with: better wait for it than repeat it. */
    private boolean sharesPrefillOf(Answer answer) {
        for (Answer other : running) {
            if (other.remaining() > 1 && !other.paused()) {
                int common = answer.common(other.tokens(), other.length(), answer.length() - 1);
                if (common >= other.computed() + PrefixTree.SHORTEST) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether blocks are being loaded for an earlier request that {@code answer} begins with as well. */
    private boolean sharesLoadOf(Answer answer, long now) {
        if (answer.planned()) {
            return false;
        }
        for (Answer other : waiting) {
            if (other == answer) {
                return false;
            }
            if (other.planned()
                    && other.loading(now)
                    && answer.common(other.tokens(), other.length(), answer.length() - 1)
                            >= (other.plan().first() + 1) * memory.blockTokens()) {
                return true;
            }
        }
        return false;
    }

    /** Makes room for the parts by forgetting kept blocks, then by preempting; returns the parts that can run. */
    List<Part> ensure(List<Part> parts) {
        List<Part> left = parts;
        while (!memory.free(left.stream()
                .mapToInt(part -> memory.growth(part.answer(), part.tokens()))
                .sum())) {
            List<Part> fewer = preempt(left);
            if (fewer == null) {
                return left;
            }
            left = fewer;
        }
        return left;
    }

    /** Forgets an answer that has ended. */
    void remove(Answer answer) {
        running.remove(answer);
        waiting.remove(answer);
    }

    /**
     * Frees blocks although by the count there are enough: forgets a kept block, or else preempts.
     *
     * @return the parts that can run; null if no one is left to give way
     */
    @Nullable
    List<Part> relieve(List<Part> parts) {
        return memory.evict() ? parts : preempt(parts);
    }

    private @Nullable List<Part> preempt(List<Part> parts) {
        if (running.size() < 2) {
            return null;
        }
        if (pausedMakesWay()) {
            return parts;
        }
        Answer youngest = running.getLast();
        preempt(youngest);
        return parts.stream().filter(part -> part.answer() != youngest).toList();
    }

    /** Its state is kept as long as nobody needs the blocks, for its own return. */
    private void preempt(Answer answer) {
        running.remove(answer);
        memory.end(answer);
        insert(waiting, answer);
        preemptions++;
    }

    private static void insert(List<Answer> list, Answer answer) {
        int at = list.size();
        while (at > 0 && BY_ARRIVAL.compare(list.get(at - 1), answer) > 0) {
            at--;
        }
        list.add(at, answer);
    }
}
