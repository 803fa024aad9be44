package io.theseus.node;

import io.theseus.node.cli.Console;
import io.theseus.node.cli.Program;

/** The process: runs one command and ends with its exit status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Program.run(Console.system(), System.getenv(), args));
    }
}
