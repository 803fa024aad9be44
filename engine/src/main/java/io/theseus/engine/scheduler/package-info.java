/** Continuous batching: many requests share each step of the model. */
@NullMarked
package io.theseus.engine.scheduler;

import org.jspecify.annotations.NullMarked;
