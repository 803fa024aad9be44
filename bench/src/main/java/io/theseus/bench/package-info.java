/** One class per question, real shapes, the baseline in the same run. */
@NullMarked
package io.theseus.bench;

import org.jspecify.annotations.NullMarked;
