package io.theseus.node.cli;

import io.theseus.core.TheseusException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A conversation without a terminal: lines in, answers out. */
final class PipedChat {
    private final Console console;
    private final ChatSession session;

    PipedChat(Console console, ChatSession session) {
        this.console = console;
        this.session = session;
    }

    /**
     * Talks until the input ends.
     *
     * @return the exit status of the last turn that failed, or 0
     */
    int run() throws InterruptedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        int status = 0;
        StringBuilder turn = new StringBuilder();
        @Nullable String line;
        try {
            while ((line = lines.readLine()) != null) {
                if (line.endsWith("\\")) {
                    turn.append(line, 0, line.length() - 1).append('\n');
                    continue;
                }
                String whole = turn.append(line).toString();
                turn.setLength(0);
                try {
                    if (session.accept(whole) == ChatSession.Next.LEAVE) {
                        return status;
                    }
                } catch (TheseusException e) {
                    console.note("theseus chat: " + e.getMessage());
                    status = e.code().exitStatus();
                }
            }
            if (!turn.isEmpty()) {
                session.accept(turn.toString());
            }
        } catch (IOException e) {
            throw new TheseusException(
                    io.theseus.core.ErrorCode.IO_FAILED, "cannot read standard input: " + e.getMessage(), e);
        }
        return status;
    }
}
