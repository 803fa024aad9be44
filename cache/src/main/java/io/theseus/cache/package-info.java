/** Answers and states that were computed before: rows, files, policies, the semantic index. */
@NullMarked
package io.theseus.cache;

import org.jspecify.annotations.NullMarked;
