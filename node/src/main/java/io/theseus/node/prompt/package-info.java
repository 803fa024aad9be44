/** Conversations to token ids, such that nobody but the template makes control tokens. */
@NullMarked
package io.theseus.node.prompt;

import org.jspecify.annotations.NullMarked;
