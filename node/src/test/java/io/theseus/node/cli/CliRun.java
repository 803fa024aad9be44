package io.theseus.node.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What one call of the program's real entry point gave. */
record CliRun(int status, String out, String err) {
    static CliRun of(String... args) {
        return with("", Map.of(), args);
    }

    static CliRun with(String stdin, Map<String, String> environment, String... args) {
        return with(stdin.getBytes(StandardCharsets.UTF_8), environment, args);
    }

    static CliRun with(byte[] stdin, Map<String, String> environment, String... args) {
        return with(new ByteArrayInputStream(stdin), environment, ModelOpener.FILES, args);
    }

    /** A call whose model is {@code engine}. */
    static CliRun answeredBy(ScriptedEngine engine, String stdin, String... args) {
        InputStream in = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
        return with(in, Map.of(), (call, config, rooted) -> ScriptedEngine.model(engine), args);
    }

    static CliRun with(InputStream stdin, Map<String, String> environment, ModelOpener models, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                stdin,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                () -> false);
        // A test that wants a memory says where: not in the home of whoever runs it.
        Map<String, String> quiet = new HashMap<>(environment);
        if (!environment.containsKey("THESEUS_HOME")) {
            quiet.putIfAbsent("THESEUS_CACHE", "off");
        }
        int status = Program.run(console, quiet, models, args);
        return new CliRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
