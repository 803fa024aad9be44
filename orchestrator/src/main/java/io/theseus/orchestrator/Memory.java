package io.theseus.orchestrator;

import io.theseus.cache.answers.AnswerCache;

/**
 * What one model's answers are remembered with.
 *
 * @param cache shared by all models of a node
 * @param identity of the model
 * @param model its name, for people
 * @param engineId the arithmetic
 */
public record Memory(AnswerCache cache, ModelIdentity identity, String model, String engineId) {}
