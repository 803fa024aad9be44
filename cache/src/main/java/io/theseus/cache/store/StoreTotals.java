package io.theseus.cache.store;

/** What the store holds. */
public record StoreTotals(long entries, long bytes) {}
