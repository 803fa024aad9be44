package io.theseus.orchestrator;

import io.theseus.engine.scheduler.Generation;

/** An answer on its way, and where it comes from. */
public record Recalled(Generation generation, Provenance provenance) {}
