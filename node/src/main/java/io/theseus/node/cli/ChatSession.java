package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.node.LoadedModel;
import io.theseus.orchestrator.Recalled;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The turns so far, and what a line typed by a person does to them. */
final class ChatSession {
    private static final String HELP = """
            /system [TEXT]   set the system message; without TEXT show it
            /reset           forget the conversation, keep the system message
            /undo            take back the last question and its answer
            /save FILE       write the conversation as JSON
            /load FILE       go on with a saved conversation
            /help            this list
            /exit            leave (also ctrl-D)
            A line that ends with \\ goes on in the next one; // begins a line with a slash; ctrl-C stops an answer.
            """;

    private final Call call;
    private final LoadedModel model;
    private final AnswerMemory memory;
    private final SamplingOptions sampling;
    private final List<Map<String, Object>> turns = new ArrayList<>();
    private @Nullable String system;

    ChatSession(Call call, LoadedModel model, AnswerMemory memory, SamplingOptions sampling, @Nullable String system) {
        this.call = call;
        this.model = model;
        this.memory = memory;
        this.sampling = sampling;
        this.system = system;
    }

    /** What comes after a line. */
    enum Next {
        GO_ON,
        LEAVE
    }

    String modelId() {
        return model.id();
    }

    /**
     * Takes one line: a command, or a turn that is answered.
     *
     * @throws InterruptedException if ctrl-C stopped the answer; what there is of it stays in the conversation
     * @throws TheseusException if the answer failed; the conversation is as before the line
     */
    Next accept(String line) throws InterruptedException {
        if (line.isBlank()) {
            return Next.GO_ON;
        }
        if (line.startsWith("//")) {
            answer(line.substring(1));
            return Next.GO_ON;
        }
        if (line.startsWith("/")) {
            return command(line.strip());
        }
        answer(line);
        return Next.GO_ON;
    }

    private Next command(String line) {
        int space = line.indexOf(' ');
        String word = space < 0 ? line : line.substring(0, space);
        String rest = space < 0 ? "" : line.substring(space + 1).strip();
        switch (word) {
            case "/exit", "/quit", "/bye" -> {
                return Next.LEAVE;
            }
            case "/help", "/?" -> call.console().note(HELP.stripTrailing());
            case "/system" -> systemMessage(rest);
            case "/reset", "/clear" -> {
                turns.clear();
                call.console().note("(the conversation is forgotten)");
            }
            case "/undo" -> undo();
            case "/save" -> {
                Path file = file(word, rest);
                new SavedChat(file).write(model.id(), Optional.ofNullable(system), turns);
                call.console().note("(saved " + turns.size() + " messages to " + file + ")");
            }
            case "/load" -> load(new SavedChat(file(word, rest)));
            default ->
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, "there is no command " + word + "; /help lists them, // sends a slash");
        }
        return Next.GO_ON;
    }

    private void systemMessage(String text) {
        if (text.isEmpty()) {
            call.console().note(system == null ? "(the model's own system message)" : system);
            return;
        }
        system = text;
        call.console().note("(the system message is set; /reset forgets what was said before)");
    }

    private void undo() {
        while (!turns.isEmpty()) {
            Map<String, Object> last = turns.remove(turns.size() - 1);
            if ("user".equals(last.get("role"))) {
                call.console().note("(taken back: " + last.get("content") + ")");
                return;
            }
        }
        call.console().note("(nothing to take back)");
    }

    private void load(SavedChat saved) {
        SavedChat.Content content = saved.read();
        turns.clear();
        turns.addAll(content.turns());
        system = content.system().orElse(null);
        call.console().note("(loaded " + turns.size() + " messages)");
    }

    private static Path file(String word, String name) {
        if (name.isEmpty()) {
            throw new TheseusException(ErrorCode.BAD_INPUT, word + " needs a file name");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "`" + name + "` is no file name: " + e.getReason(), e);
        }
    }

    private void answer(String question) throws InterruptedException {
        int before = turns.size();
        turns.add(message("user", question));
        AnswerReader reader = new AnswerReader(call.console(), true);
        boolean kept = false;
        try {
            List<Map<String, Object>> messages = new ArrayList<>();
            if (system != null) {
                messages.add(message("system", system));
            }
            messages.addAll(turns);
            LoadedModel.Prompt prompt = model.prompt(messages, call.clock().instant());
            Recalled recalled = memory.answer(
                    model, sampling.request(prompt.ids(), sampling.parameters()), sampling.repeatable(), question);
            try (Generation generation = recalled.generation()) {
                Finished finished = reader.read(generation, model.parser(prompt));
                kept = true;
                memory.note(recalled.provenance());
                if (finished.reason() == FinishReason.LENGTH) {
                    call.console()
                            .note(" (cut after " + finished.usage().completionTokens()
                                    + " tokens; --max-tokens allows more)");
                }
            } catch (InterruptedException e) {
                kept = true;
                throw e;
            }
        } finally {
            if (kept) {
                turns.add(message("assistant", reader.text()));
            } else {
                turns.subList(before, turns.size()).clear();
            }
            call.console().out().println();
            call.console().out().flush();
        }
    }

    /** One message in the shape that templates expect. */
    static Map<String, Object> message(String role, String content) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }
}
