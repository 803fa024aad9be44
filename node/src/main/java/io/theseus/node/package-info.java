/** The node: its start, its wiring, and what every surface of it shares. */
@NullMarked
package io.theseus.node;

import org.jspecify.annotations.NullMarked;
