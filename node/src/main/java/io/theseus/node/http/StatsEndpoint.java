package io.theseus.node.http;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.AnswerStats;
import io.theseus.cache.states.ModelBlocks;
import io.theseus.cache.states.StateStats;
import io.theseus.cache.store.ModelTotals;
import io.theseus.engine.scheduler.InferenceEngine.Load;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.node.upstream.UpstreamHost;
import io.theseus.node.upstream.UpstreamRelay;
import io.theseus.orchestrator.meaning.MeaningCounts;
import io.theseus.orchestrator.meaning.Meanings;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /theseus/v1/stats}: what each layer did since the start, what is remembered, what runs. */
final class StatsEndpoint {
    private final ServedModels models;
    private final Optional<AnswerCache> cache;
    private final Optional<UpstreamRelay> relay;
    private final LayerCounts layers;

    StatsEndpoint(ServedModels models, Optional<AnswerCache> cache, Optional<UpstreamRelay> relay, LayerCounts layers) {
        this.models = models;
        this.cache = cache;
        this.relay = relay;
        this.layers = layers;
    }

    void show(Exchange exchange) throws InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode byLayer = body.putObject("layers");
        layers.all()
                .forEach((layer, counts) -> byLayer.putObject(layer)
                        .put("requests", counts.requests.sum())
                        .put("seconds", counts.nanos.sum() / 1e9)
                        .put("seconds_saved", counts.savedNanos.sum() / 1e9)
                        .put("tokens_saved", counts.savedTokens.sum())
                        .put("prompt_tokens", counts.promptTokens.sum())
                        .put("completion_tokens", counts.completionTokens.sum()));
        body.put("cache_on", cache.isPresent());
        if (cache.isPresent()) {
            body.set("answers", answers(cache.get()));
        }
        models.models().stream()
                .flatMap(model -> model.meters().states().stream())
                .findFirst()
                .ifPresent(states -> body.set("states", states(states.disk().stats())));
        meanings().ifPresent(meanings -> body.set("meaning", meaning(meanings)));
        ArrayNode served = body.putArray("models");
        for (ServedModel model : models.models()) {
            served.add(model(model));
        }
        models.embedding().ifPresent(model -> body.put("embedding_model", model.id()));
        relay.ifPresent(there -> {
            ArrayNode upstreams = body.putArray("upstreams");
            there.pool().hosts().forEach(host -> upstreams.add(upstream(host)));
        });
        exchange.send(200, body);
    }

    /** What finds answers by meaning; one for all models, own and others'. */
    private Optional<Meanings> meanings() {
        return models.models().stream()
                .flatMap(model -> model.engine().memory().stream())
                .flatMap(memory -> memory.meanings().stream())
                .findFirst()
                .or(() -> relay.flatMap(UpstreamRelay::meanings));
    }

    private static ObjectNode meaning(Meanings meanings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("usual", meanings.usual());
        meanings.ready().ifPresent(layer -> {
            MeaningCounts counts = layer.counts();
            json.put("questions", counts.questions())
                    .put("served", counts.served())
                    .put("refused", counts.refused())
                    .put("checks", counts.checks())
                    .put("wrong", counts.wrong())
                    .put("restarts", counts.restarts());
        });
        return json;
    }

    private static ObjectNode upstream(UpstreamHost host) {
        UpstreamHost.Counts counts = host.counts();
        String[] breaker = {"closed", "half_open", "open"};
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", host.upstream().name())
                .put("running", counts.running())
                .put("requests", counts.requests())
                .put("errors", counts.errors())
                .put("retries", counts.retries())
                .put("hedges", counts.hedges())
                .put("breaker", breaker[counts.breaker()]);
    }

    private static ObjectNode states(StateStats s) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("blocks", s.blocks())
                .put("bytes", s.bytes())
                .put("limit_bytes", s.capacity())
                .put("pinned_prompts", s.pinned())
                .put("writing", s.writing())
                .put("written", s.written())
                .put("dropped", s.dropped())
                .put("forgotten", s.forgotten())
                .put("corrupt", s.corrupt())
                .put("loads", s.loads())
                .put("loaded_tokens", s.loadedTokens())
                .put("load_seconds", s.loadSeconds())
                .put("predicted_load_seconds", s.predictedLoadSeconds())
                .put("seconds_saved", s.savedSeconds())
                .put("load_regret_seconds", s.loadRegretSeconds())
                .put("computes", s.computes())
                .put("compute_regret_seconds", s.computeRegretSeconds())
                .put("read_bytes_per_second", s.readBytesPerSecond())
                .put("import_bytes_per_second", s.importBytesPerSecond())
                .put("recency", s.recency());
    }

    private static ObjectNode answers(AnswerCache cache) throws InterruptedException {
        AnswerStats stats = cache.stats();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("entries", stats.entries())
                .put("bytes", stats.bytes())
                .put("limit_bytes", stats.limit())
                .put("memory_entries", stats.hotEntries())
                .put("memory_bytes", stats.hotBytes())
                .put("hits", stats.hits())
                .put("misses", stats.misses())
                .put("stores", stats.stores())
                .put("evictions", stats.evictions())
                .put("expired", stats.expired())
                .put("refused_proofs", stats.refusedProofs())
                .put("failed_stores", stats.failedStores())
                .put("seconds_saved", stats.savedNanos() / 1e9)
                .put("tokens_saved", stats.savedTokens())
                .put("node", cache.node().hex());
        ObjectNode lifetime = json.putObject("lifetime");
        cache.lifetime().forEach((name, value) -> {
            if (name.equals("saved_nanos")) {
                lifetime.put("seconds_saved", value / 1e9);
            } else {
                lifetime.put(name, value);
            }
        });
        ArrayNode models = json.putArray("models");
        for (ModelTotals totals : cache.models()) {
            models.addObject()
                    .put("model", totals.model())
                    .put("model_root", totals.modelRoot().hex())
                    .put("entries", totals.entries())
                    .put("bytes", totals.bytes())
                    .put("hits", totals.hits());
        }
        return json;
    }

    private static ObjectNode model(ServedModel model) {
        Load load = model.engine().load();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", model.id())
                .put("fingerprint", model.fingerprint())
                .put("running", load.running())
                .put("waiting", load.waiting())
                .put("kv_blocks_used", load.usedBlocks())
                .put("kv_blocks_total", load.totalBlocks())
                .put("prompt_tokens", load.promptTokens())
                .put("cached_tokens", load.cachedTokens())
                .put("generated_tokens", load.generatedTokens())
                .put("single_flight_joins", model.engine().joins());
        model.meters().states().ifPresent(states -> {
            ModelBlocks held = states.held();
            StateStats stats = states.disk().stats();
            json.putObject("states")
                    .put("disk_blocks", held.blocks())
                    .put("disk_tokens", held.blocks() * states.blockTokens())
                    .put("disk_bytes", held.bytes())
                    .put("loads", stats.loads())
                    .put("loaded_tokens", stats.loadedTokens())
                    .put("seconds_saved", stats.savedSeconds());
        });
        return json;
    }
}
