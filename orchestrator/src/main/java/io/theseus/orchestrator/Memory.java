package io.theseus.orchestrator;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.orchestrator.meaning.Meanings;
import java.util.Optional;

/**
 * What one model's answers are remembered with.
 *
 * @param cache shared by all models of a node
 * @param identity of the model
 * @param model its name, for people
 * @param engineId the arithmetic
 * @param meanings finds answers by meaning; shared by all models of a node
 */
public record Memory(
        AnswerCache cache, ModelIdentity identity, String model, String engineId, Optional<Meanings> meanings) {
    /** A memory of exact questions only. */
    public Memory(AnswerCache cache, ModelIdentity identity, String model, String engineId) {
        this(cache, identity, model, engineId, Optional.empty());
    }
}
