package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.node.LoadedModel;
import io.theseus.node.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

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
                    print(call, model, reader, finished, parameters, loaded);
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

    private static void print(
            Call call,
            LoadedModel model,
            AnswerReader reader,
            Finished finished,
            SamplingParameters parameters,
            long loadNanos) {
        JsonText text = new JsonText();
        ObjectNode answer = text.object();
        answer.put("model", model.id());
        answer.put("answer", reader.text());
        if (!reader.reasoning().isEmpty()) {
            answer.put("reasoning", reader.reasoning());
        }
        answer.put("finish_reason", finished.reason().name().toLowerCase(Locale.ROOT));
        answer.put("seed", parameters.seed());
        Usage used = finished.usage();
        ObjectNode usage = answer.putObject("usage");
        usage.put("prompt_tokens", used.promptTokens());
        usage.put("cached_tokens", used.cachedTokens());
        usage.put("completion_tokens", used.completionTokens());
        usage.put("total_tokens", used.promptTokens() + used.completionTokens());
        ObjectNode timings = answer.putObject("timings");
        timings.put("load_seconds", loadNanos / 1e9);
        timings.put("prefill_seconds", used.prefillNanos() / 1e9);
        timings.put("decode_seconds", used.decodeNanos() / 1e9);
        timings.put("prefill_tps", rate(used.promptTokens() - used.cachedTokens(), used.prefillNanos()));
        // The first token comes out of the prefill.
        timings.put("decode_tps", rate(used.completionTokens() - 1, used.decodeNanos()));
        call.console().out().println(text.line(answer));
    }

    private static double rate(int tokens, long nanos) {
        return tokens <= 0 || nanos <= 0 ? 0 : tokens * 1e9 / nanos;
    }
}
