package io.theseus.node.cli;

import io.theseus.node.config.Configuration;
import java.time.InstantSource;
import java.util.Map;

/**
 * One call of a command.
 *
 * @param console streams
 * @param environment environment variables
 * @param flags settings given as options, by key
 * @param clock the time of day
 * @param interrupts ctrl-C and its kin
 * @param models where the model that answers comes from
 */
record Call(
        Console console,
        Map<String, String> environment,
        Map<String, String> flags,
        InstantSource clock,
        Interrupts interrupts,
        ModelOpener models) {
    Call {
        environment = Map.copyOf(environment);
        flags = Map.copyOf(flags);
    }

    /**
     * The settings in force.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} for a value that cannot be used
     */
    Configuration configuration() {
        return Configuration.load(flags, environment);
    }
}
