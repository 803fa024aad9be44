/** Answers a question with the remembered answer to another one that means the same. */
@NullMarked
package io.theseus.orchestrator.meaning;

import org.jspecify.annotations.NullMarked;
