package io.theseus.node.cli;

import java.util.Map;

/**
 * What one call of the program has around it.
 *
 * @param console streams
 * @param environment environment variables
 */
record Invocation(Console console, Map<String, String> environment) {
    Invocation {
        environment = Map.copyOf(environment);
    }
}
