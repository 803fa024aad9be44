/** The OpenAI-compatible HTTP API. Helidon stays inside this package. */
@NullMarked
package io.theseus.node.http;

import org.jspecify.annotations.NullMarked;
