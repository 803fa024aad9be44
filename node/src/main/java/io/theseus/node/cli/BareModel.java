package io.theseus.node.cli;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.node.ModelLoader;
import io.theseus.node.config.Configuration;
import java.util.Arrays;
import java.util.List;

/** A model without a scheduler, for commands that drive its steps themselves. */
record BareModel(GgufFile file, LanguageModel model, Tokenizer tokenizer) implements AutoCloseable {
    /** Ids fed in one step; bounds the memory that a step takes. */
    private static final int STEP = 512;

    /** The configured model. */
    static BareModel open(Call call) throws InterruptedException {
        Configuration configuration = call.configuration();
        GgufFile file = GgufFile.open(ModelFiles.locate(call, configuration.config()));
        try {
            LanguageModel model = LanguageModel.load(
                    file, ModelLoader.options(configuration.config().engine()));
            return new BareModel(file, model, Tokenizers.from(file.metadata()));
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * Appends {@code ids} to {@code sequence}.
     *
     * @param chunk most ids of one step
     * @param logits (vocabulary) receives the logits after the last one
     */
    static void feed(StepModel model, StepModel.Sequence sequence, int[] ids, int chunk, float[] logits) {
        int step = Math.clamp(chunk, 1, STEP);
        for (int from = 0; from < ids.length; from += step) {
            int[] piece = Arrays.copyOfRange(ids, from, Math.min(from + step, ids.length));
            boolean last = from + piece.length == ids.length;
            model.step(List.of(new StepModel.Chunk(
                    sequence,
                    piece,
                    last ? piece.length - 1 : piece.length,
                    (index, values) -> System.arraycopy(values, 0, logits, 0, logits.length))));
        }
    }

    @Override
    public void close() {
        model.close();
        file.close();
    }
}
