/** Architectures, weights, KV state and the forward pass. */
@NullMarked
package io.theseus.engine.model;

import org.jspecify.annotations.NullMarked;
