/** Pairs of prompts with a known answer to "do they ask the same?". */
@NullMarked
package io.theseus.testkit.meaning;

import org.jspecify.annotations.NullMarked;
