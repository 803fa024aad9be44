/** Text cut into tokens, before any language's lexicon is asked. */
@NullMarked
package io.theseus.concept.text;

import org.jspecify.annotations.NullMarked;
