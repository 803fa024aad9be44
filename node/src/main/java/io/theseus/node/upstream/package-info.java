/** Other engines behind an OpenAI-compatible API, relayed faithfully and remembered. */
@NullMarked
package io.theseus.node.upstream;

import org.jspecify.annotations.NullMarked;
