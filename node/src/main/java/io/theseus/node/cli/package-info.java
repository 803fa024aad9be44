/** The command line: one class a command, loaded only when it is called. */
@NullMarked
package io.theseus.node.cli;

import org.jspecify.annotations.NullMarked;
