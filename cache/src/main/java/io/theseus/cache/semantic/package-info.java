/** Finds answers to questions that mean the same, and decides whether their use keeps the user's error bound. */
@NullMarked
package io.theseus.cache.semantic;

import org.jspecify.annotations.NullMarked;
