package io.theseus.node.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * What a command reads and writes: the process's streams, or a test's.
 *
 * @param in standard input, unbuffered
 * @param out answers and results, nothing else; the caller flushes
 * @param err notes, progress, logs and errors
 * @param terminal whether a person sits at both ends: input and output are a terminal; asked only when it matters
 */
public record Console(InputStream in, PrintStream out, PrintStream err, BooleanSupplier terminal) {
    private static final int BUFFER = 8192;

    /** The process's own streams. */
    public static Console system() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                () -> System.console() != null);
    }

    /** Whether a person sits at both ends. */
    boolean interactive() {
        return terminal.getAsBoolean();
    }

    /** One line for a person, apart from the results. */
    void note(String line) {
        err.println(line);
        err.flush();
    }

    /**
     * UTF-8 always, except on a Windows terminal, whose code page must be obeyed: under the C locale Java's own choice would
     * turn every letter outside ASCII into a question mark.
     */
    private static PrintStream stream(FileDescriptor descriptor) {
        OutputStream raw = new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER);
        Charset charset = StandardCharsets.UTF_8;
        if (System.getProperty("os.name", "").startsWith("Windows") && System.console() != null) {
            charset = System.out.charset();
        }
        return new PrintStream(raw, false, charset);
    }
}
