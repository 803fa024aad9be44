package io.theseus.node;

import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.orchestrator.RememberingEngine;
import java.util.Optional;

/**
 * One model that this node answers with.
 *
 * @param id the name requests use
 * @param createdEpochSeconds when its file was made or fetched, seconds since 1970
 * @param fingerprint changes when the same seed may give other bits: the model's root, or a hash of its file
 * @param engine computes its answers
 * @param template turns conversations into prompts; empty = the model only completes text
 * @param meters what measures it
 */
public record ServedModel(
        String id,
        long createdEpochSeconds,
        String fingerprint,
        RememberingEngine engine,
        Optional<ChatTemplate> template,
        ModelMeters meters) {
    /** A model that computes every answer anew, and that nothing measures. */
    public ServedModel(
            String id,
            long createdEpochSeconds,
            String fingerprint,
            InferenceEngine engine,
            Optional<ChatTemplate> template) {
        this(id, createdEpochSeconds, fingerprint, RememberingEngine.forgetful(engine), template, ModelMeters.NONE);
    }
}
