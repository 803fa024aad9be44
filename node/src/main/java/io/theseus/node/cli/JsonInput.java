package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Where a command of {@code inspect} gets its requests: one JSON object, or a line for each with {@code --jsonl}. */
final class JsonInput {
    @Option(
            names = "--jsonl",
            arity = "0..1",
            fallbackValue = "-",
            paramLabel = "FILE",
            description = {
                "JSON Lines: one request a line from FILE or standard input, one line out for each; what cannot be"
                        + " answered gives {\"error\"} on its line, and the rest goes on."
            })
    @Nullable
    String lines;

    /** Answers one request. */
    @FunctionalInterface
    interface Handler {
        JsonNode answer(JsonRequest request) throws InterruptedException;
    }

    /** Whether requests come as JSON Lines. */
    boolean isLines() {
        return lines != null;
    }

    /**
     * Answers every line, or without {@code --jsonl} the one object on standard input.
     *
     * @return the exit status: with lines, 0 unless a fault of ours happened
     */
    int each(Console console, JsonText json, Handler handler) throws InterruptedException {
        if (lines == null) {
            JsonRequest request = json.request(whole(console));
            console.out().println(json.line(handler.answer(request)));
            return 0;
        }
        int status = 0;
        try (InputStream in = open(console, lines)) {
            byte @Nullable [] line;
            while ((line = next(in)) != null) {
                JsonNode answer;
                try {
                    answer = handler.answer(json.request(line));
                } catch (TheseusException e) {
                    answer = json.object().put("error", e.getMessage());
                } catch (RuntimeException | StackOverflowError e) {
                    answer = json.object().put("error", "internal fault: " + e);
                    status = ErrorCode.INTERNAL.exitStatus();
                }
                console.out().println(json.line(answer));
                // Checked so that `| head` ends the work.
                if (console.out().checkError()) {
                    return ErrorCode.IO_FAILED.exitStatus();
                }
            }
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + lines + ": " + e.getMessage(), e);
        }
        return status;
    }

    private static byte[] whole(Console console) {
        if (console.interactive()) {
            console.note("reading one JSON object from the terminal; end it with ctrl-D");
        }
        try {
            return console.in().readAllBytes();
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read standard input: " + e.getMessage(), e);
        }
    }

    private static InputStream open(Console console, String source) throws IOException {
        if (source.equals("-")) {
            return new BufferedInputStream(console.in());
        }
        try {
            return new BufferedInputStream(Files.newInputStream(Path.of(source)));
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "there is no file " + source, e);
        }
    }

    /** The bytes up to the next line feed or the end, null at the end. Not by characters: a bad one spoils its own line only. */
    private static byte @Nullable [] next(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        while (b >= 0 && b != '\n') {
            line.write(b);
            b = in.read();
        }
        return line.toByteArray();
    }
}
