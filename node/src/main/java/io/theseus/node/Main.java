package io.theseus.node;

import io.theseus.engine.tensor.NativeKernels;
import io.theseus.node.cli.Console;
import io.theseus.node.cli.Program;
import java.util.Set;

/** The process: runs one command and ends with its exit status. */
public final class Main {
    private static final Set<String> USE_MODELS = Set.of("ask", "chat", "serve", "bench");

    private Main() {}

    public static void main(String[] args) {
        if (args.length > 0 && USE_MODELS.contains(args[0])) {
            // Binding native code takes a tenth of a second, which the command line would otherwise wait for later.
            Thread.ofPlatform().daemon().name("theseus-native").start(NativeKernels::available);
        }
        System.exit(Program.run(Console.system(), System.getenv(), args));
    }
}
