/** Turns texts into vectors whose angle says how near their meanings are: encoders of the BERT family. */
@NullMarked
package io.theseus.engine.embedding;

import org.jspecify.annotations.NullMarked;
