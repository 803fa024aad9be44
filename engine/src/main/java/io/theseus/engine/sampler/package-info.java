/** From logits to the next token. */
@NullMarked
package io.theseus.engine.sampler;

import org.jspecify.annotations.NullMarked;
