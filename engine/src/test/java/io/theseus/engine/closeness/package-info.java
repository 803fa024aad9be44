/** How close the engine is to the truth: a naive float32 twin of the whole model, and the distances from it. */
@NullMarked
package io.theseus.engine.closeness;

import org.jspecify.annotations.NullMarked;
