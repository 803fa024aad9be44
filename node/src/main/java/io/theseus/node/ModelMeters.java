package io.theseus.node;

import io.theseus.cache.states.ModelStates;
import io.theseus.node.http.EngineMeter;
import java.util.Optional;

/**
 * What measures a served model at work.
 *
 * @param engine its steps and tokens; empty if its engine is not ours
 * @param states its prompts' states on disk; empty if none are kept
 */
public record ModelMeters(Optional<EngineMeter> engine, Optional<ModelStates> states) {
    /** Nothing is measured. */
    public static final ModelMeters NONE = new ModelMeters(Optional.empty(), Optional.empty());
}
