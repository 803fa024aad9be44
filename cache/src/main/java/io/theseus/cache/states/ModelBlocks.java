package io.theseus.cache.states;

/**
 * What is on disk of one model.
 *
 * @param blocks of state
 * @param bytes of their files
 */
public record ModelBlocks(long blocks, long bytes) {}
