package io.theseus.node.cli;

import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.orchestrator.Provenance;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** An answer as {@code ask --json} prints it. Apart from {@link AskCommand}, so that a plain question loads no Jackson. */
final class AnswerJson {
    private AnswerJson() {}

    /**
     * One line.
     *
     * @param loadNanos time it took to have the model ready
     */
    static String of(
            String model, AnswerReader reader, Finished finished, long seed, long loadNanos, Provenance provenance) {
        JsonText text = new JsonText();
        ObjectNode answer = text.object();
        answer.put("model", model);
        answer.put("answer", reader.text());
        if (!reader.reasoning().isEmpty()) {
            answer.put("reasoning", reader.reasoning());
        }
        answer.put("finish_reason", finished.reason().name().toLowerCase(Locale.ROOT));
        answer.put("seed", seed);
        answer.put("layer", provenance.layer());
        provenance.key().ifPresent(key -> answer.put("key", key.hex()));
        if (provenance instanceof Provenance.Remembered remembered) {
            answer.put("age_seconds", remembered.age().toSeconds());
        }
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
        return text.line(answer);
    }

    private static double rate(int tokens, long nanos) {
        return tokens <= 0 || nanos <= 0 ? 0 : tokens * 1e9 / nanos;
    }
}
