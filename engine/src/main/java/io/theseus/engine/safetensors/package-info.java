/** Reads weights in the safetensors format, trusting none of its numbers. */
@NullMarked
package io.theseus.engine.safetensors;

import org.jspecify.annotations.NullMarked;
