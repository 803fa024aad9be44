package io.theseus.node.cli;

import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.BatchScheduler;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.scheduler.SchedulerListener;
import io.theseus.engine.scheduler.SchedulerSettings;
import io.theseus.node.config.Setting;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect generate}: the greedy continuation, token by token, without templates or text. */
@CommandLine.Command(
        description = "Continue a list of token ids greedily, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "Reads {\"ids\", \"n\"}; writes {\"ids\"}, the n new ones (16 if not given). End tokens do not end it, unless",
            "\"stop_at_end\" is true. It goes through the same scheduler as an answer does.",
            "",
            "Examples",
            "  echo '{\"ids\":[504,3575,282,4649,314],\"n\":5}' | theseus inspect generate --model model.gguf",
            "  theseus inspect generate --model model.gguf --jsonl prompts.jsonl --threads 1"
        })
final class InspectGenerateCommand implements Command {
    private static final int DEFAULT_N = 16;
    private static final int MAX_N = 1 << 20;

    @Mixin
    JsonInput input = new JsonInput();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        JsonText json = new JsonText();
        try (BareModel bare = BareModel.open(call);
                InferenceEngine engine = BatchScheduler.start(
                        bare.model(), bare.tokenizer(), SchedulerSettings.DEFAULT, SchedulerListener.NONE)) {
            return input.each(call.console(), json, request -> answer(engine, request));
        }
    }

    private static ObjectNode answer(InferenceEngine engine, JsonRequest request) throws InterruptedException {
        GenerationRequest wanted = new GenerationRequest(
                request.ids(),
                request.integer("n", DEFAULT_N, 0, MAX_N),
                SamplingParameters.GREEDY,
                List.of(),
                Set.of(),
                !request.flag("stop_at_end", false),
                false,
                Optional.empty());
        ObjectNode answer = request.json().object();
        ArrayNode ids = answer.putArray("ids");
        try (Generation generation = engine.submit(wanted)) {
            while (true) {
                switch (generation.next()) {
                    case GenerationEvent.Prefill prefill -> {}
                    case GenerationEvent.Token token -> ids.add(token.id());
                    case GenerationEvent.Finished finished -> {
                        return answer;
                    }
                    case GenerationEvent.Failed failed -> throw failed.cause();
                }
            }
        }
    }
}
