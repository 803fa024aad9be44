/** What a language's words mean to the concept graph, read from resource files that people can edit. */
@NullMarked
package io.theseus.concept.lexicon;

import org.jspecify.annotations.NullMarked;
