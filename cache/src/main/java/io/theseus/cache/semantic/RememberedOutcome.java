package io.theseus.cache.semantic;

import io.theseus.core.Digest;

/** A checked outcome of the answer under {@code key}. */
public record RememberedOutcome(Digest key, CheckedOutcome outcome) {}
