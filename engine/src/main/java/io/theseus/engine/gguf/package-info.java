/** Reads model files in the GGUF format, trusting none of their numbers. */
@NullMarked
package io.theseus.engine.gguf;

import org.jspecify.annotations.NullMarked;
