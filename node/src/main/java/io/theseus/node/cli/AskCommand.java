package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.node.LoadedModel;
import io.theseus.node.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ask}: one question, one answer. */
@CommandLine.Command(
        description = "Answer one question. The answer, and nothing else, goes to standard output as it is computed.",
        sortOptions = false,
        footer = {
            "",
            "Text piped in is appended to the question; `-` stands for it and waits for it. The model is fetched",
            "first if it is not here. By default the likeliest token is taken each time (temperature 0).",
            "",
            "Examples",
            "  theseus ask \"What is the capital of France?\"",
            "  cat letter.txt | theseus ask \"Summarise this letter:\"",
            "  theseus ask --system \"Answer in French.\" --temperature 0.7 --seed 1 \"Who wrote Faust?\"",
            "  theseus ask --json \"Why is the sky blue?\" | jq .usage"
        })
final class AskCommand implements Command {
    @Parameters(paramLabel = "QUESTION", arity = "0..*", description = "The question; `-` stands for standard input.")
    List<String> words = new ArrayList<>();

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "The system message. Default: the model's own.")
    @Nullable
    String system;

    @Mixin
    SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--json",
            description = "Print one JSON object when done: model, answer, finish_reason, seed, usage, timings.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        PipedText piped = new PipedText(call.console());
        String before = piped.question(words);
        SamplingParameters parameters = sampling.parameters();
        long start = System.nanoTime();
        try (LoadedModel model = call.models().open(call, call.configuration().config(), false)) {
            long loaded = System.nanoTime() - start;
            String question = piped.appended(before);
            LoadedModel.Prompt prompt =
                    model.prompt(messages(question), call.clock().instant());
            if (!model.chats()) {
                call.console().note("note: this model has no chat template; it goes on with your text");
            }
            AnswerReader reader = new AnswerReader(call.console(), !json);
            try (Generation generation = model.engine().submit(sampling.request(prompt.ids(), parameters))) {
                Finished finished = read(call, reader, generation, model, prompt);
                if (json) {
                    call.console()
                            .out()
                            .println(AnswerJson.of(model.id(), reader, finished, parameters.seed(), loaded));
                } else if (!reader.text().endsWith("\n")) {
                    call.console().out().println();
                }
                return status(call, finished);
            }
        }
    }

    private Finished read(
            Call call, AnswerReader reader, Generation generation, LoadedModel model, LoadedModel.Prompt prompt)
            throws InterruptedException {
        try {
            return reader.read(generation, model.parser(prompt));
        } catch (InterruptedException e) {
            if (!json) {
                call.console().out().println();
                call.console().out().flush();
            }
            throw e;
        }
    }

    private List<Map<String, Object>> messages(String question) {
        List<Map<String, Object>> messages = new ArrayList<>();
        if (system != null) {
            messages.add(ChatSession.message("system", system));
        }
        messages.add(ChatSession.message("user", question));
        return messages;
    }

    private int status(Call call, Finished finished) {
        return switch (finished.reason()) {
            case STOP -> 0;
            case LENGTH -> {
                call.console()
                        .note("note: cut after " + finished.usage().completionTokens()
                                + " tokens; --max-tokens allows more");
                yield 0;
            }
            case DEADLINE ->
                throw new TheseusException(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "the answer was cut at the deadline; raise the setting `deadline`");
            case CANCELLED, SHUTDOWN -> ErrorCode.CANCELLED.exitStatus();
        };
    }
}
