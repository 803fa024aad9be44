package io.theseus.node.cli;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.AnswerStats;
import io.theseus.cache.states.StoredStates;
import io.theseus.cache.store.ModelTotals;
import io.theseus.core.DataSize;
import io.theseus.node.NodeCache;
import io.theseus.node.config.NodeConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code cache stats}: what is remembered and what that saved. */
@CommandLine.Command(
        description = "Show how much is remembered, and what it has saved so far.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus cache stats", "  theseus cache stats --json | jq .lifetime"})
final class CacheStatsCommand implements CacheCommand {
    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        NodeConfig config = call.configuration().config();
        StatesOnDisk states = new StatesOnDisk(config.home());
        try (AnswerCache cache = NodeCache.required(config, call.clock())) {
            AnswerStats stats = cache.stats();
            if (json) {
                JsonText text = new JsonText();
                call.console().out().println(text.line(json(text, cache, stats, states)));
                return 0;
            }
            print(call.console(), cache, stats);
            print(call.console(), states, config.states().size());
            return 0;
        }
    }

    private static void print(Console console, AnswerCache cache, AnswerStats stats) throws InterruptedException {
        Map<String, Long> lifetime = cache.lifetime();
        long hits = lifetime.getOrDefault("hits", 0L);
        long misses = lifetime.getOrDefault("misses", 0L);
        row(
                console,
                "answers",
                stats.entries() + " in " + new DataSize(stats.bytes()).forPeople() + " of "
                        + new DataSize(stats.limit()).forPeople());
        row(console, "hits", hits + " of " + (hits + misses) + " lookups" + share(hits, hits + misses));
        row(
                console,
                "saved",
                seconds(lifetime.getOrDefault("saved_nanos", 0L)) + " of computing, "
                        + lifetime.getOrDefault("saved_tokens", 0L) + " tokens");
        row(
                console,
                "evicted",
                lifetime.getOrDefault("evictions", 0L) + ", expired "
                        + lifetime.getOrDefault("expired", 0L) + ", dropped as damaged "
                        + lifetime.getOrDefault("refused_proofs", 0L));
        row(console, "signed by", cache.node().hex());
        for (ModelTotals model : cache.models()) {
            row(
                    console,
                    "",
                    model.entries() + " of " + model.model() + " ("
                            + model.modelRoot().brief() + "), " + new DataSize(model.bytes()).forPeople() + ", "
                            + model.hits() + " hits");
        }
    }

    private static void print(Console console, StatesOnDisk states, DataSize limit) {
        List<StoredStates.OfModel> models = states.models();
        long bytes = models.stream().mapToLong(StoredStates.OfModel::bytes).sum();
        long tokens = models.stream().mapToLong(StoredStates.OfModel::tokens).sum();
        row(
                console,
                "states",
                tokens + " tokens of prompts in " + new DataSize(bytes).forPeople() + " of " + limit.forPeople()
                        + ", pinned prompts " + states.pinned());
        for (StoredStates.OfModel model : models) {
            row(
                    console,
                    "",
                    model.tokens() + " tokens, " + model.blocks() + " blocks ("
                            + model.root().brief() + "), " + new DataSize(model.bytes()).forPeople());
        }
    }

    private static void row(Console console, String name, String value) {
        console.out().println(String.format(Locale.ROOT, "%-10s %s", name, value));
    }

    private static String share(long part, long whole) {
        return whole == 0 ? "" : String.format(Locale.ROOT, " (%.1f %%)", 100.0 * part / whole);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    private static ObjectNode json(JsonText text, AnswerCache cache, AnswerStats stats, StatesOnDisk states)
            throws InterruptedException {
        ObjectNode json = text.object();
        json.put("entries", stats.entries());
        json.put("bytes", stats.bytes());
        json.put("limit_bytes", stats.limit());
        json.put("node", cache.node().hex());
        ObjectNode lifetime = json.putObject("lifetime");
        cache.lifetime().forEach(lifetime::put);
        ArrayNode models = json.putArray("models");
        for (ModelTotals model : cache.models()) {
            models.addObject()
                    .put("model", model.model())
                    .put("model_root", model.modelRoot().hex())
                    .put("entries", model.entries())
                    .put("bytes", model.bytes())
                    .put("hits", model.hits());
        }
        ObjectNode onDisk = json.putObject("states").put("pinned_prompts", states.pinned());
        ArrayNode perModel = onDisk.putArray("models");
        for (StoredStates.OfModel model : states.models()) {
            perModel.addObject()
                    .put("root", model.root().hex())
                    .put("blocks", model.blocks())
                    .put("tokens", model.tokens())
                    .put("bytes", model.bytes());
        }
        return json;
    }
}
