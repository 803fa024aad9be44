/** States of prompts, between the engine that computes them and the places that keep them. */
@NullMarked
package io.theseus.orchestrator.states;

import org.jspecify.annotations.NullMarked;
