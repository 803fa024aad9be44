package io.theseus.engine.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decides what the next step computes: a token for every streaming answer, and prompts as far as the budget goes. */
final class StepPlanner {
    /*
     * Half of the budget goes to the oldest prompt, so that each gets done in its turn; the other half to those with the least
     * left, so that a short question does not wait for the books before it. What one half does not need the other gets.
     */
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
            if (answer.paused() || answer.importing()) {
                continue;
            }
            if (answer.decoding()) {
                parts.add(new Part(answer, 1));
            } else {
                prefills.add(answer);
            }
        }
        if (!prefills.isEmpty()) {
            share(prefills, pace.budget(parts.size())).forEach((answer, tokens) -> parts.add(new Part(answer, tokens)));
        }
        return parts;
    }

    private static Map<Answer, Integer> share(List<Answer> prefills, int budget) {
        Map<Answer, Integer> grants = new LinkedHashMap<>();
        int left = budget;
        List<Answer> shortestFirst = new ArrayList<>(prefills);
        shortestFirst.sort(Comparator.comparingInt(Answer::remaining));
        Answer oldest = prefills.getFirst();
        left -= grant(grants, oldest, prefills.size() == 1 ? left : Math.ceilDiv(left, 2));
        for (Answer answer : shortestFirst) {
            left -= grant(grants, answer, left);
        }
        return grants;
    }

    private static int grant(Map<Answer, Integer> grants, Answer answer, int most) {
        int granted = grants.getOrDefault(answer, 0);
        int more = Math.min(answer.remaining() - granted, most);
        if (more > 0) {
            grants.put(answer, granted + more);
        }
        return more;
    }
}
