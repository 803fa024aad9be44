package io.theseus.node.cli;

import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.toolcall.AnswerParser;
import io.theseus.engine.toolcall.AnswerPart;
import java.util.List;

/** Reads one answer to its end and shows it as it comes: the answer on standard output, reasoning before it on standard error. */
final class AnswerReader {
    private final Console console;
    private final boolean shown;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private boolean reasoningOpen;

    /** @param shown whether the answer is written while it comes */
    AnswerReader(Console console, boolean shown) {
        this.console = console;
        this.shown = shown;
    }

    /**
     * Reads until the answer ends. If nobody reads our output any more, the answer is cancelled.
     *
     * @throws io.theseus.core.TheseusException why the answer could not be completed
     * @throws InterruptedException at ctrl-C; the caller closes the generation
     */
    Finished read(Generation generation, AnswerParser parser) throws InterruptedException {
        while (true) {
            switch (generation.next()) {
                case GenerationEvent.Prefill prefill -> {}
                case GenerationEvent.Token token -> {
                    show(parser.accept(token.text()));
                    if (shown && console.out().checkError()) {
                        generation.cancel();
                    }
                }
                case Finished finished -> {
                    show(parser.accept(finished.text()));
                    show(parser.finish());
                    closeReasoning();
                    console.out().flush();
                    return finished;
                }
                case GenerationEvent.Failed failed -> throw failed.cause();
            }
        }
    }

    /** The answer so far. */
    String text() {
        return text.toString();
    }

    /** The reasoning so far. */
    String reasoning() {
        return reasoning.toString();
    }

    private void show(List<AnswerPart> parts) {
        for (AnswerPart part : parts) {
            switch (part) {
                case AnswerPart.Text words -> {
                    closeReasoning();
                    text.append(words.text());
                    if (shown) {
                        console.out().print(words.text());
                    }
                }
                case AnswerPart.Reasoning words -> {
                    reasoning.append(words.text());
                    reasoningOpen = true;
                    if (shown) {
                        console.err().print(words.text());
                        console.err().flush();
                    }
                }
                // No tools are offered on the command line, so the parser finds no calls.
                case AnswerPart.ToolCall call -> text.append(call.argumentsJson());
            }
        }
    }

    private void closeReasoning() {
        if (reasoningOpen && shown) {
            console.err().println();
            console.err().flush();
        }
        reasoningOpen = false;
    }
}
