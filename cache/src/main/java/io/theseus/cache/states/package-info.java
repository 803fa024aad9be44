/** States of prompts on disk: what was prefilled once is read back, also after a restart, where that is faster. */
@NullMarked
package io.theseus.cache.states;

import org.jspecify.annotations.NullMarked;
