/** Which models there are, where they come from, and how they get onto this machine whole. */
@NullMarked
package io.theseus.node.models;

import org.jspecify.annotations.NullMarked;
