package io.theseus.node;

import io.theseus.cache.states.DiskStates;
import io.theseus.node.http.EngineMeter;
import java.util.Optional;

/**
 * What measures a served model at work.
 *
 * @param engine its steps and tokens; empty if its engine is not ours
 * @param states its prompts' states on disk, shared with other models of this node; empty if none are kept
 */
public record ModelMeters(Optional<EngineMeter> engine, Optional<DiskStates> states) {
    /** Nothing is measured. */
    public static final ModelMeters NONE = new ModelMeters(Optional.empty(), Optional.empty());
}
