package io.theseus.node.cli;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.node.LoadedModel;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.Setting;
import io.theseus.orchestrator.Recalled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Option(names = "--no-cache", description = "Compute the answer anew, and do not remember it.")
    boolean noCache;

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
        NodeConfig config = call.configuration().config();
        long start = System.nanoTime();
        try (AnswerMemory memory = new AnswerMemory(call, config, !noCache)) {
            String early = piped.appended(before);
            Optional<Integer> quick = fromMemory(call, memory, config, piped, early, parameters, start);
            if (quick.isPresent()) {
                return quick.get();
            }
            try (LoadedModel model = memory.open()) {
                long loaded = System.nanoTime() - start;
                String question = piped.appended(early);
                LoadedModel.Prompt prompt =
                        model.prompt(messages(question), call.clock().instant());
                if (!model.chats()) {
                    call.console().note("note: this model has no chat template; it goes on with your text");
                }
                GenerationRequest request = sampling.request(prompt.ids(), parameters);
                Recalled recalled = memory.answer(model, request, sampling.repeatable(), question);
                int status = show(call, memory, recalled, model, prompt, parameters, loaded);
                if (recalled.provenance().key().isPresent() || sampling.repeatable()) {
                    memory.asked(model, asked(config, question, parameters));
                }
                return status;
            }
        }
    }

    /** The exit status if the question was asked before: then there is no need for the model's weights. */
    private Optional<Integer> fromMemory(
            Call call,
            AnswerMemory memory,
            NodeConfig config,
            PipedText piped,
            String question,
            SamplingParameters parameters,
            long start)
            throws InterruptedException {
        if (!sampling.repeatable()) {
            return Optional.empty();
        }
        Optional<LoadedModel> unloaded = memory.unloaded(asked(config, question, parameters));
        if (unloaded.isEmpty()) {
            return Optional.empty();
        }
        LoadedModel model = unloaded.get();
        LoadedModel.Prompt prompt =
                model.prompt(messages(question), call.clock().instant());
        Optional<Recalled> found = memory.remembered(model, sampling.request(prompt.ids(), parameters), true);
        if (found.isEmpty() || piped.arrived()) {
            return Optional.empty();
        }
        long ready = System.nanoTime() - start;
        return Optional.of(show(call, memory, found.get(), model, prompt, parameters, ready));
    }

    private Digest asked(NodeConfig config, String question, SamplingParameters parameters) {
        return AnswerMemory.question(
                config.model(), String.valueOf(system), question, sampling.request(new int[] {0}, parameters));
    }

    private int show(
            Call call,
            AnswerMemory memory,
            Recalled recalled,
            LoadedModel model,
            LoadedModel.Prompt prompt,
            SamplingParameters parameters,
            long readyNanos)
            throws InterruptedException {
        AnswerReader reader = new AnswerReader(call.console(), !json);
        try (Generation generation = recalled.generation()) {
            Finished finished = read(call, reader, generation, model, prompt);
            if (json) {
                call.console()
                        .out()
                        .println(AnswerJson.of(
                                model.id(), reader, finished, parameters.seed(), readyNanos, recalled.provenance()));
            } else if (!reader.text().endsWith("\n")) {
                call.console().out().println();
            }
            call.console().out().flush();
            memory.note(recalled.provenance());
            return status(call, finished);
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
