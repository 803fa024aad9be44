/** Values every hop shares. Depends on the JDK alone. */
@NullMarked
package io.theseus.core;

import org.jspecify.annotations.NullMarked;
