package io.theseus.node.cli;

import io.theseus.cache.semantic.SemanticIndex;
import io.theseus.concept.Agreement;
import io.theseus.concept.Concepts;
import io.theseus.concept.MeaningRule;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.config.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench meaning}: what it costs to look for an answer by meaning. */
@CommandLine.Command(
        description = "Measure what it costs to look for a remembered answer by meaning: embedding, scan, guard.",
        sortOptions = false,
        footer = {
            "",
            "Embedding: a question of 12 tokens, as the encoder sees it. Scan: the nearest four of N made-up embeddings",
            "with a cosine of at least 0.92; one thread, every entry compared. Guard: the concept graphs of two questions.",
            "Printed are the median and the 95th percentile of --rounds calls each, once the compiler has settled.",
            "",
            "Examples",
            "  theseus bench meaning",
            "  theseus bench meaning --entries 10000,100000 --json"
        })
final class BenchMeaningCommand implements Command {
    private static final String QUESTION = "What is the best way to learn the guitar?";
    private static final String OTHER = "What's the best way to learn the guitar?";
    private static final int CANDIDATES = 4;
    private static final int MOST_ENTRIES = 1_000_000;
    private static final double NANOS_PER_MILLI = 1e6;

    /** Before which nothing counts: the compiler needs as long. */
    private static final long WARM_UP_NANOS = 1_500_000_000L;

    @Option(
            names = "--entries",
            paramLabel = "N,...",
            split = ",",
            description = "Sizes of the index. Default: 10000,100000.")
    List<Integer> entries = List.of(10_000, 100_000);

    @Option(names = "--rounds", paramLabel = "R", description = "Measured calls. Default: 200.")
    int rounds = 200;

    @Option(
            names = "--json",
            description = "Print {\"embed_ms\", \"guard_ms\", \"scans\": [{\"entries\", \"scan_ms\"}], ...}.")
    boolean json;

    /** Kept, so that the compiler cannot leave the work out. */
    private Object last = this;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SentenceEncoder.SETTINGS;
    }

    /** Milliseconds. */
    private record Times(double median, double high) {
        void put(ObjectNode page, String name) {
            page.put(name + "_ms", median);
            page.put(name + "_p95_ms", high);
        }

        String text() {
            return String.format(Locale.ROOT, "%.3f ms (95 %% within %.3f)", median, high);
        }
    }

    @Override
    public int run(Call call) throws InterruptedException {
        for (int count : entries) {
            if (count < 1 || count > MOST_ENTRIES) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, "--entries has " + count + ", expected 1 to " + MOST_ENTRIES);
            }
        }
        if (rounds < 1) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "--rounds is " + rounds + ", expected 1 or more");
        }
        JsonText text = new JsonText();
        ObjectNode page = text.object();
        try (EmbeddingModel model = SentenceEncoder.of(call)) {
            TextEmbedder embedder = model.embedder();
            Times embed = measure(() -> embedder.embed(QUESTION));
            embed.put(page, "embed");
            page.put("embed_tokens", embedder.reading(QUESTION).ids().length);
            say(call, "embedding", embed);
            Concepts concepts = new Concepts();
            Times guard = measure(() -> {
                Agreement agreement = concepts.compare(concepts.read(QUESTION), concepts.read(OTHER));
                return MeaningRule.STANDARD.decide(1, agreement);
            });
            guard.put(page, "guard");
            say(call, "guard", guard);
            ArrayNode scans = page.putArray("scans");
            for (int count : entries) {
                Times scan = scan(embedder.dimensions(), count);
                ObjectNode entry = scans.addObject();
                entry.put("entries", count);
                scan.put(entry, "scan");
                say(call, String.format(Locale.ROOT, "scan of %,d", count), scan);
            }
            page.put("found", last instanceof List<?> near ? near.size() : 0);
            page.put("model", model.id());
            page.put("rounds", rounds);
            page.put("version", Version.number());
            page.put("java", Runtime.version().toString());
        }
        if (json) {
            call.console().out().println(text.line(page));
        }
        return 0;
    }

    private void say(Call call, String what, Times times) {
        if (!json) {
            call.console().out().println(what + ": " + times.text());
        }
    }

    private Times scan(int dimensions, int count) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(count);
        SemanticIndex<Integer> index = new SemanticIndex<>(dimensions);
        float[] query = unit(dimensions, random);
        for (int key = 0; key < count; key++) {
            index.put("", key, unit(dimensions, random));
        }
        index.put("", count - 1, query);
        return measure(() -> index.nearest("", query, MeaningRule.STANDARD.floor(), CANDIDATES));
    }

    private static float[] unit(int dimensions, SplittableRandom random) {
        float[] vector = new float[dimensions];
        double squares = 0;
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return vector;
    }

    /** Something to be timed. */
    @FunctionalInterface
    private interface Work {
        Object run() throws InterruptedException;
    }

    private Times measure(Work work) throws InterruptedException {
        long warm = System.nanoTime() + WARM_UP_NANOS;
        while (System.nanoTime() < warm) {
            last = work.run();
        }
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            last = work.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return new Times(nanos[rounds / 2] / NANOS_PER_MILLI, nanos[(int) (rounds * 0.95)] / NANOS_PER_MILLI);
    }
}
