/** The cheapest correct way to an answer: remembered, resumed or computed. */
@NullMarked
package io.theseus.orchestrator;

import org.jspecify.annotations.NullMarked;
