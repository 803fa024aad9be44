package io.theseus.node.cli;

import io.theseus.concept.Agreement;
import io.theseus.concept.Concepts;
import io.theseus.concept.MeaningRule;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.config.Setting;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect meaning}: whether the answer to one prompt would serve another, decided as the cache decides. */
@CommandLine.Command(
        description = "Decide whether two prompts ask the same, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "Reads {\"a\", \"b\"} and writes {\"cosine\", \"same\", \"why\"}: the cosine of the sentence embeddings, the decision",
            "of the meaning guard, and what differs, the gravest first. --model names another sentence encoder.",
            "",
            "Examples",
            "  theseus inspect meaning \"What's the capital of France?\" \"What is France's capital?\"",
            "  theseus inspect meaning --jsonl pairs.jsonl | jq -c 'select(.same)'"
        })
final class InspectMeaningCommand implements Command {
    private static final double MICRO = 1e6;

    @Parameters(paramLabel = "TEXT", arity = "0..2", description = "Two prompts; without them, JSON is read.")
    List<String> texts = List.of();

    @Mixin
    JsonInput input = new JsonInput();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SentenceEncoder.SETTINGS;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        if (texts.size() == 1 || !texts.isEmpty() && input.isLines()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "give two texts, or --jsonl, or one JSON object on standard input");
        }
        JsonText json = new JsonText();
        try (EmbeddingModel model = SentenceEncoder.of(call)) {
            TextEmbedder embedder = model.embedder();
            Concepts concepts = new Concepts();
            if (texts.isEmpty()) {
                return input.each(
                        call.console(),
                        json,
                        request ->
                                answer(json, embedder, concepts, request.requiredText("a"), request.requiredText("b")));
            }
            call.console().out().println(json.line(answer(json, embedder, concepts, texts.get(0), texts.get(1))));
            return 0;
        }
    }

    private static ObjectNode answer(JsonText json, TextEmbedder embedder, Concepts concepts, String a, String b) {
        List<float[]> embeddings = embedder.embed(List.of(a, b));
        double cosine = cosine(embeddings.get(0), embeddings.get(1));
        Agreement agreement = concepts.compare(concepts.read(a), concepts.read(b));
        MeaningRule.Decision decision = MeaningRule.STANDARD.decide(cosine, agreement);
        ObjectNode answer = json.object();
        answer.put("cosine", Math.round(cosine * MICRO) / MICRO);
        answer.put("same", decision.same());
        ArrayNode why = answer.putArray("why");
        decision.why().forEach(why::add);
        return answer;
    }

    /** Of vectors of length 1. */
    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
