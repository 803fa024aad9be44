package io.theseus.node;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.tokenizer.Tokenizer;

/** The engine of a model whose weights are not in memory: it can say what a prompt's tokens are, and nothing more. */
record UnloadedEngine(Tokenizer tokenizer, int contextLength) implements InferenceEngine {
    @Override
    public Generation submit(GenerationRequest request) {
        throw new TheseusException(ErrorCode.UNAVAILABLE, "the model is not loaded");
    }

    @Override
    public Load load() {
        return new Load(0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void shutdown(long graceMillis) {
        // Nothing runs.
    }
}
