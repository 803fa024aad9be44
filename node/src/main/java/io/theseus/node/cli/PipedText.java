package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Standard input as part of a question.
 *
 * <p>A program that starts us may leave its own input open and silent for ever; reading that to its end would hang. So input is
 * waited for only where nothing else can be meant: at a last word {@code -}, or without a question. Beside a question it is taken if it has
 * begun to arrive by the time the model is loaded.
 */
final class PipedText {
    private final Console console;
    private boolean taken;

    PipedText(Console console) {
        this.console = console;
    }

    /**
     * The question in {@code words}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if there is none
     */
    String question(List<String> words) {
        if (words.isEmpty()) {
            if (console.interactive()) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "there is no question; try: theseus ask \"What is the capital of France?\"");
            }
            String piped = all();
            if (piped.isBlank()) {
                throw new TheseusException(ErrorCode.BAD_INPUT, "there is no question, and standard input is empty");
            }
            return piped;
        }
        StringBuilder question = new StringBuilder();
        boolean marked = words.get(words.size() - 1).equals("-");
        question.append(String.join(" ", marked ? words.subList(0, words.size() - 1) : words));
        if (marked) {
            question.append(question.isEmpty() ? "" : "\n\n").append(all());
        }
        if (question.toString().isBlank()) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "the question is empty");
        }
        return question.toString();
    }

    /** Whether something is being piped in that was not taken yet. */
    boolean arrived() {
        try {
            return !taken && console.in().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code question}, followed by what is being piped in. */
    String appended(String question) {
        try {
            if (taken || console.in().available() == 0 || console.interactive()) {
                return question;
            }
        } catch (IOException e) {
            // Input that is closed or cannot be asked has nothing for us.
            taken = true;
            return question;
        }
        String piped = all();
        return piped.isBlank() ? question : question + "\n\n" + piped;
    }

    private String all() {
        taken = true;
        try {
            return new String(console.in().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read standard input: " + e.getMessage(), e);
        }
    }
}
