/** Answers that are kept: signed when they come, checked when they are read, given up when others are worth more. */
@NullMarked
package io.theseus.cache.answers;

import org.jspecify.annotations.NullMarked;
