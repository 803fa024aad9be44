package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A conversation in a terminal: line editing, a history that outlives the program, and a ctrl-C that stops answers only. */
final class TerminalChat {
    private static final int HISTORY_LINES = 1000;

    private final Console console;
    private final ChatSession session;
    private final Path home;

    TerminalChat(Console console, ChatSession session, Path home) {
        this.console = console;
        this.session = session;
        this.home = home;
    }

    /** Talks until the person leaves. */
    int run() throws InterruptedException {
        try (Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .dumb(true)
                .nativeSignals(true)
                .build()) {
            Thread worker = Thread.currentThread();
            // While a line is edited the reader has its own handler; this one is for the time of an answer.
            terminal.handle(Terminal.Signal.INT, signal -> worker.interrupt());
            LineReader reader = reader(terminal);
            console.note("Talking to " + session.modelId() + ". /help lists commands, ctrl-D leaves.");
            talk(reader);
            return 0;
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot use this terminal: " + e.getMessage(), e);
        }
    }

    private LineReader reader(Terminal terminal) throws IOException {
        Path history = home.resolve("chat-history");
        if (!Files.exists(history)) {
            createPrivate(history);
        }
        // Nothing in a sentence has a special meaning: neither quotes nor backslashes nor exclamation marks.
        DefaultParser parser = new DefaultParser();
        parser.setQuoteChars(new char[0]);
        parser.setEscapeChars(new char[0]);
        return LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("theseus")
                .parser(parser)
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.BRACKETED_PASTE, true)
                .build();
    }

    /** What people say to a model is nobody else's business, where the file system can tell people apart. */
    private static void createPrivate(Path file) throws IOException {
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    private void talk(LineReader reader) {
        StringBuilder turn = new StringBuilder();
        while (true) {
            try {
                // A ctrl-C that came when the answer was already over.
                Thread.interrupted();
                String line = reader.readLine(turn.isEmpty() ? "> " : "… ");
                if (line.endsWith("\\")) {
                    turn.append(line, 0, line.length() - 1).append('\n');
                    continue;
                }
                String whole = turn.append(line).toString();
                turn.setLength(0);
                if (session.accept(whole) == ChatSession.Next.LEAVE) {
                    return;
                }
            } catch (UserInterruptException e) {
                if (turn.isEmpty() && e.getPartialLine().isEmpty()) {
                    console.note("(ctrl-D or /exit leaves)");
                }
                turn.setLength(0);
            } catch (EndOfFileException e) {
                return;
            } catch (InterruptedException e) {
                console.note("(stopped)");
            } catch (TheseusException e) {
                console.note("theseus chat: " + e.getMessage());
            }
        }
    }
}
