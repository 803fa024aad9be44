package io.theseus.node.cli;

import picocli.CommandLine.Option;

/** Options that every command has. */
final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explain this command.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    boolean version;

    // Read by Program before any command is looked at; declared here so that it is allowed and explained.
    @Option(names = "--debug", description = "Add the stack trace to an error.")
    boolean debug;
}
