package io.theseus.node.http;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.AnswerStats;
import io.theseus.core.TheseusException;
import io.theseus.node.ModelMeters;
import io.theseus.node.ServedModels;
import io.theseus.orchestrator.meaning.MeaningCounts;
import io.theseus.orchestrator.meaning.Meanings;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The part of {@code GET /metrics} about what is remembered. */
final class CacheMetrics {
    private final Optional<AnswerCache> cache;
    private final Optional<Meanings> relayed;
    private final LayerCounts layers;

    /** @param relayed what finds answers of upstreams by meaning */
    CacheMetrics(Optional<AnswerCache> cache, Optional<Meanings> relayed, LayerCounts layers) {
        this.cache = cache;
        this.relayed = relayed;
        this.layers = layers;
    }

    void write(StringBuilder out, ServedModels models) throws InterruptedException {
        layer(out, "theseus_answers_total", "Requests answered, by the layer that did.", c -> c.requests.sum());
        layer(
                out,
                "theseus_saved_seconds_total",
                "Computing time saved, by the layer that saved it.",
                c -> c.savedNanos.sum() / 1e9);
        layer(
                out,
                "theseus_saved_tokens_total",
                "Tokens that had not to be computed, by the layer that saved them.",
                c -> c.savedTokens.sum());
        Metrics.head(
                out,
                "theseus_single_flight_joins_total",
                "counter",
                "Requests that joined a computation somebody else had begun.");
        models.models()
                .forEach(model -> out.append("theseus_single_flight_joins_total{model=\"")
                        .append(Metrics.escape(model.id()))
                        .append("\"} ")
                        .append(model.engine().joins())
                        .append('\n'));
        if (!models.models().isEmpty()) {
            ModelMeters meters = models.models().getFirst().meters();
            meters.states()
                    .ifPresent(states -> StateMetrics.write(out, states.disk().stats()));
            meters.engine().ifPresent(meter -> meter.write(out));
        }
        if (cache.isPresent()) {
            answers(out, cache.get());
        }
        // One layer for all models of a node, its own and others'.
        models.models().stream()
                .flatMap(model -> model.engine().memory().stream())
                .flatMap(memory -> memory.meanings().stream())
                .findFirst()
                .or(() -> relayed)
                .flatMap(Meanings::ready)
                .ifPresent(layer -> meaning(out, layer.counts()));
    }

    private static void meaning(StringBuilder out, MeaningCounts counts) {
        one(out, "theseus_meaning_questions", "gauge", "Questions that can be found by meaning.", counts.questions());
        one(out, "theseus_meaning_served_total", "counter", "Answers served by meaning.", counts.served());
        one(
                out,
                "theseus_meaning_refused_total",
                "counter",
                "Near questions whose concept graphs differ.",
                counts.refused());
        one(out, "theseus_meaning_checks_total", "counter", "Near questions computed and compared.", counts.checks());
        one(out, "theseus_meaning_wrong_total", "counter", "Checks that came out wrong.", counts.wrong());
        one(
                out,
                "theseus_meaning_restarts_total",
                "counter",
                "Times the statistics started anew because answers were worse than the bound.",
                counts.restarts());
    }

    private static void answers(StringBuilder out, AnswerCache cache) throws InterruptedException {
        AnswerStats stats;
        try {
            stats = cache.stats();
        } catch (TheseusException e) {
            // The other metrics are worth having when the disk is not.
            return;
        }
        one(out, "theseus_answer_cache_hits_total", "counter", "Remembered answers served.", stats.hits());
        one(out, "theseus_answer_cache_misses_total", "counter", "Answers looked for in vain.", stats.misses());
        one(out, "theseus_answer_cache_stores_total", "counter", "Answers written to disk.", stats.stores());
        one(out, "theseus_answer_cache_evictions_total", "counter", "Answers given up for room.", stats.evictions());
        one(out, "theseus_answer_cache_expired_total", "counter", "Answers given up for age.", stats.expired());
        one(
                out,
                "theseus_answer_cache_refused_proofs_total",
                "counter",
                "Answers dropped because their bytes or proofs were damaged.",
                stats.refusedProofs());
        one(
                out,
                "theseus_answer_cache_failed_stores_total",
                "counter",
                "Answers that could not be written.",
                stats.failedStores());
        one(out, "theseus_answer_cache_entries", "gauge", "Answers on disk.", stats.entries());
        one(out, "theseus_answer_cache_bytes", "gauge", "Bytes of answers on disk.", stats.bytes());
        one(out, "theseus_answer_cache_limit_bytes", "gauge", "Most bytes of answers on disk.", stats.limit());
        one(out, "theseus_answer_cache_memory_bytes", "gauge", "Bytes of answers in memory.", stats.hotBytes());
    }

    private static void one(StringBuilder out, String name, String type, String help, long value) {
        Metrics.head(out, name, type, help);
        out.append(name).append(' ').append(value).append('\n');
    }

    private void layer(StringBuilder out, String name, String help, ToDoubleFunction<LayerCounts.Counts> value) {
        Metrics.head(out, name, "counter", help);
        layers.all().forEach((layer, counts) -> {
            double amount = value.applyAsDouble(counts);
            out.append(name).append("{layer=\"").append(layer).append("\"} ");
            // Whole numbers as such, up to where doubles have them all.
            out.append(amount == Math.rint(amount) ? Long.toString((long) amount) : Double.toString(amount))
                    .append('\n');
        });
    }
}
