/** What a text means, as a graph: entities, relations, numbers, negation; and whether two texts ask the same. */
@NullMarked
package io.theseus.concept;

import org.jspecify.annotations.NullMarked;
