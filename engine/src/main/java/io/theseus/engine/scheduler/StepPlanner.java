package io.theseus.engine.scheduler;

import java.util.ArrayList;
import java.util.List;

/** Decides what the next step computes: a token for every streaming answer, and prompts as far as the budget goes. */
final class StepPlanner {
    /*
     * The oldest prompt gets half of the budget and what the others leave: it is done soon. The other half is shared equally, so
     * that a short question does not wait for a book that came before it. Everyone gets at least MIN_SHARE tokens or nothing this
     * time; then the older ones go first, and since those end, everyone's turn comes.
     */
    private static final int MIN_SHARE = 16;

    /** The next {@code tokens} of {@code answer} are to be computed. */
    record Part(Answer answer, int tokens) {}

    private final PrefillPace pace;

    StepPlanner(PrefillPace pace) {
        this.pace = pace;
    }

    /**
     * The parts of the next step; empty if nobody can go on.
     *
     * @param running by arrival
     */
    List<Part> plan(List<Answer> running) {
        List<Part> parts = new ArrayList<>();
        List<Answer> prefills = new ArrayList<>();
        for (Answer answer : running) {
            if (answer.paused()) {
                continue;
            }
            if (answer.decoding()) {
                parts.add(new Part(answer, 1));
            } else {
                prefills.add(answer);
            }
        }
        if (!prefills.isEmpty()) {
            int[] grants = share(prefills, pace.budget(parts.size()));
            for (int i = 0; i < grants.length; i++) {
                if (grants[i] > 0) {
                    parts.add(new Part(prefills.get(i), grants[i]));
                }
            }
        }
        return parts;
    }

    private static int[] share(List<Answer> prefills, int budget) {
        int[] grants = new int[prefills.size()];
        int left = budget;
        int forOthers = budget / 2;
        for (int i = 1; i < grants.length && forOthers > 0; i++) {
            int share = Math.max(Math.min(MIN_SHARE, forOthers), forOthers / (grants.length - i));
            grants[i] = Math.min(prefills.get(i).remaining(), share);
            forOthers -= grants[i];
            left -= grants[i];
        }
        for (int i = 0; i < grants.length; i++) {
            int more = Math.min(prefills.get(i).remaining() - grants[i], left);
            grants[i] += more;
            left -= more;
        }
        return grants;
    }
}
