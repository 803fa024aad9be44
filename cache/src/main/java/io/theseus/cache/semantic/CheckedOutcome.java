package io.theseus.cache.semantic;

/**
 * A question that was answered anew although a remembered answer was a candidate, and how both answers compared.
 *
 * @param cosine of both questions
 * @param right whether the remembered answer would have served
 * @param wouldServe whether the rule would have served it, had it not been chosen for a check
 */
public record CheckedOutcome(double cosine, boolean right, boolean wouldServe) {}
