/** Receipts and proofs of what was computed, signed by the node. */
@NullMarked
package io.theseus.proof;

import org.jspecify.annotations.NullMarked;
