package io.theseus.cache.semantic;

import io.theseus.core.Digest;

/**
 * A question whose answer is remembered.
 *
 * @param key of the answer
 * @param context of the question: everything but its text that the answer depends on
 * @param text as it was asked
 * @param encoder root of the model that made the embedding
 * @param embedding of the text, of length 1
 */
public record RememberedQuestion(Digest key, Digest context, String text, Digest encoder, float[] embedding) {}
