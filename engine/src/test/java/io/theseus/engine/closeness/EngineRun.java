package io.theseus.engine.closeness;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.StepModel;
import java.nio.file.Path;
import java.util.List;

/** The engine as these tests use it: one text, one step. */
final class EngineRun implements AutoCloseable {
    private final GgufFile file;
    private final LanguageModel model;

    private EngineRun(GgufFile file, LanguageModel model) {
        this.file = file;
        this.model = model;
    }

    static EngineRun open(Path path, int threads) {
        GgufFile file = GgufFile.open(path);
        ModelOptions options = new ModelOptions(0, 256L << 20, threads, ModelOptions.Kernel.AUTO);
        return new EngineRun(file, LanguageModel.load(file, options));
    }

    /** Logits after each of the tokens from {@code from} on: (tokens - from, vocabulary). */
    float[][] logits(int[] ids, int from) {
        float[][] all = new float[ids.length - from][];
        try (StepModel.Sequence sequence = model.newSequence()) {
            model.step(List.of(
                    new StepModel.Chunk(sequence, ids, from, (index, logits) -> all[index - from] = logits.clone())));
        }
        return all;
    }

    /** The {@code n} likeliest next tokens, one after the other; an end-of-text token does not stop them. */
    int[] greedy(int[] ids, int n) {
        int[] out = new int[n];
        try (StepModel.Sequence sequence = model.newSequence()) {
            int[] next = ids;
            for (int i = 0; i < n; i++) {
                int step = i;
                StepModel.LogitsSink sink = (index, logits) -> out[step] = Distance.argmax(logits);
                model.step(List.of(new StepModel.Chunk(sequence, next, next.length - 1, sink)));
                next = new int[] {out[i]};
            }
        }
        return out;
    }

    @Override
    public void close() {
        model.close();
        file.close();
    }
}
