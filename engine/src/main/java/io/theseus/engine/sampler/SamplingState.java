package io.theseus.engine.sampler;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one answer's next choice depends on besides its logits: parameters, draws and the tokens so far. Not thread-safe. */
public final class SamplingState {
    private final SamplingParameters parameters;
    private final boolean repetition;
    private final boolean counted;
    private final BitSet seen = new BitSet();
    private final Map<Integer, Integer> occurrences = new HashMap<>();
    private @Nullable SeededDraw draw;

    /**
     * @param parameters how to choose
     * @param prompt ids before the answer; they count for the repetition penalty only
     */
    public SamplingState(SamplingParameters parameters, int[] prompt) {
        this.parameters = parameters;
        repetition = parameters.repetitionPenalty() != 1f;
        counted = parameters.frequencyPenalty() != 0f || parameters.presencePenalty() != 0f;
        if (repetition) {
            for (int id : prompt) {
                seen.set(id);
            }
        }
    }

    /** Takes note of the next token of the answer. */
    public void accept(int id) {
        if (repetition) {
            seen.set(id);
        }
        if (counted) {
            occurrences.merge(id, 1, Integer::sum);
        }
    }

    SamplingParameters parameters() {
        return parameters;
    }

    long draw(long position) {
        if (draw == null) {
            draw = new SeededDraw(parameters.seed());
        }
        return draw.at(position);
    }

    boolean adjusts() {
        return repetition || counted || !parameters.logitBias().isEmpty();
    }

    /**
     * Applies penalties and bias in place, in the order that rule 11 writes down.
     *
     * @param logits (vocabulary)
     */
    void adjust(float[] logits) {
        float penalty = parameters.repetitionPenalty();
        for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
            logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
        }
        occurrences.forEach((id, count) -> {
            float reduced = logits[id] - count * parameters.frequencyPenalty();
            logits[id] = reduced - parameters.presencePenalty();
        });
        parameters.logitBias().forEach((id, bias) -> logits[id] = logits[id] + bias);
    }
}
