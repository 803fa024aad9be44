/** The exact arithmetic: each kernel twice, as a scalar definition and on vectors, with the same bits. */
@NullMarked
package io.theseus.engine.tensor;

import org.jspecify.annotations.NullMarked;
