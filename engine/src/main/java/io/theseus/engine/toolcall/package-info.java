/** Tool calls and reasoning, taken out of a model's answer while it streams. */
@NullMarked
package io.theseus.engine.toolcall;

import org.jspecify.annotations.NullMarked;
