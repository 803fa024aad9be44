package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.model.StepModel.Chunk;
import io.theseus.engine.sampler.TokenSampler;
import io.theseus.engine.scheduler.StepPlanner.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a planned step. If it fails, every part is taken back and run alone, so that only the answers whose own arithmetic or input
 * is at fault fail.
 */
final class StepRunner {
    private final StepModel model;
    private final TokenSampler sampler;

    StepRunner(StepModel model) {
        this.model = model;
        sampler = new TokenSampler(model.vocabularySize());
    }

    /**
     * Computes the parts; each answer that reached the end of its tokens has then chosen its next one.
     *
     * @return why answers failed; the others went on
     * @throws TheseusException {@code BUSY} if the KV blocks do not suffice; then nothing happened
     */
    Map<Answer, TheseusException> run(List<Part> parts) {
        int[] before = parts.stream().mapToInt(part -> part.answer().computed()).toArray();
        Map<Answer, TheseusException> failures = new IdentityHashMap<>();
        try {
            model.step(parts.stream().map(this::chunk).toList());
            return failures;
        } catch (RuntimeException | Error e) {
            TheseusException failure = describe(e);
            if (failure.code() == ErrorCode.BUSY) {
                throw failure;
            }
            if (parts.size() == 1) {
                takeBack(parts.getFirst(), before[0], failures);
                failures.put(parts.getFirst().answer(), failure);
                return failures;
            }
        }
        List<Part> whole = new ArrayList<>();
        for (int i = 0; i < before.length; i++) {
            if (takeBack(parts.get(i), before[i], failures)) {
                whole.add(parts.get(i));
            }
        }
        for (Part part : whole) {
            failures.putAll(runAlone(part));
        }
        return failures;
    }

    private Map<Answer, TheseusException> runAlone(Part part) {
        try {
            return run(List.of(part));
        } catch (TheseusException busy) {
            // The step as a whole had its blocks; that a part of it has not is a defect of the model's accounting.
            return Map.of(part.answer(), busy);
        }
    }

    private static boolean takeBack(Part part, int length, Map<Answer, TheseusException> failures) {
        try {
            part.answer().sequence().truncate(length);
            return true;
        } catch (RuntimeException | Error e) {
            failures.put(part.answer(), describe(e));
            return false;
        }
    }

    private Chunk chunk(Part part) {
        Answer answer = part.answer();
        int from = answer.computed();
        int to = from + part.tokens();
        boolean wantsNext = to == answer.length() && !answer.complete();
        return new Chunk(
                answer.sequence(),
                Arrays.copyOfRange(answer.tokens(), from, to),
                wantsNext ? part.tokens() - 1 : part.tokens(),
                (index, logits) -> answer.choose(sampler, logits));
    }

    private static TheseusException describe(Throwable e) {
        if (e instanceof TheseusException known) {
            return known;
        }
        return new TheseusException(
                ErrorCode.INTERNAL, "the model failed with " + e + "; please report it with the log", e);
    }
}
