/** Text to token ids and back, from the vocabulary inside the model file. */
@NullMarked
package io.theseus.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
