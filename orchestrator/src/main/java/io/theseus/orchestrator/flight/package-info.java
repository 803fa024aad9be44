/** One computation for all who ask the same at the same time. */
@NullMarked
package io.theseus.orchestrator.flight;

import org.jspecify.annotations.NullMarked;
