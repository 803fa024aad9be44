/** Which prefixes are worth keeping: policies that run live and, on a virtual clock, against recorded traffic. */
@NullMarked
package io.theseus.cache.policy;

import org.jspecify.annotations.NullMarked;
