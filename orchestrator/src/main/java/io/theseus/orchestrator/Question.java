package io.theseus.orchestrator;

import io.theseus.engine.scheduler.GenerationRequest;

/**
 * What a request asks, apart from all that surrounds it.
 *
 * @param text the last thing the user said
 * @param frame the request as it would be with nothing in that place: two requests with equal frames differ in their texts only
 */
public record Question(String text, GenerationRequest frame) {}
