package io.theseus.orchestrator;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.Digest;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.tokenizer.Tokenizer;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The name of a question: equal for two requests exactly if our engine answers both with the same events.
 *
 * <p>SHA-256 over {@link CanonicalBytes} under {@code theseus/request/1}: model root, engine id, salt, most tokens (cut to what the
 * context leaves), the sampling parameters that have an effect, whether any draw will do, stop strings sorted, end tokens sorted, whether control tokens are shown,
 * prompt ids. What does not change the answer (deadlines, how the request was written, the order of stop strings, everything that
 * greedy choice ignores) is not in it.
 */
public final class RequestKey {
    private static final String DOMAIN = "theseus/request/1";

    /** Below this temperature the likeliest token is taken (docs/numerics.md, rule 11). */
    private static final float GREEDY_BELOW = 0x1p-17f;

    private static final int WHOLE = 10_000;

    private RequestKey() {}

    /**
     * The key of {@code request}.
     *
     * @param contextLength most tokens of prompt and answer together
     * @param salt keeps apart what must not be shared; empty = nothing
     * @param anyDraw for a request that takes whatever was drawn for it before: its place among the answers of its call; empty = the
     *     seed counts
     */
    public static Digest of(
            Digest modelRoot,
            String engineId,
            String salt,
            GenerationRequest request,
            OptionalInt anyDraw,
            Tokenizer tokenizer,
            int contextLength) {
        int[] prompt = request.prompt();
        CanonicalBytes out = new CanonicalBytes(DOMAIN)
                .digest(modelRoot)
                .text(engineId)
                .text(salt)
                .integer(Math.max(0, Math.min(request.maxTokens(), contextLength - prompt.length)));
        SamplingParameters sampling = canonical(request.sampling(), tokenizer.size());
        boolean any = anyDraw.isPresent() && !greedy(sampling);
        sampling(out, any ? sampling.withSeed(anyDraw.getAsInt()) : sampling);
        out.flag(any);
        TreeSet<String> stops = new TreeSet<>(request.stop());
        out.integer(stops.size());
        stops.forEach(out::text);
        int[] ends =
                ends(request, tokenizer).stream().mapToInt(id -> id).sorted().toArray();
        return out.integers(ends).flag(request.echoSpecial()).integers(prompt).sha256();
    }

    private static Set<Integer> ends(GenerationRequest request, Tokenizer tokenizer) {
        if (request.ignoreEnd()) {
            return Set.of();
        }
        return request.endTokens().isEmpty() ? tokenizer.endOfGeneration() : request.endTokens();
    }

    private static void sampling(CanonicalBytes out, SamplingParameters p) {
        out.real(p.temperature())
                .integer(p.topK())
                .real(p.topP())
                .real(p.minP())
                .real(p.repetitionPenalty())
                .real(p.frequencyPenalty())
                .real(p.presencePenalty())
                .number(p.seed())
                .integer(p.topLogprobs())
                .integer(p.logitBias().size());
        new TreeMap<>(p.logitBias()).forEach((id, bias) -> out.integer(id).real(bias));
    }

    /** Whether the likeliest token is taken each time, so that the seed does not matter. */
    public static boolean greedy(SamplingParameters p) {
        return p.temperature() < GREEDY_BELOW || p.topK() == 1 || tenThousandths(p.topP()) == 0;
    }

    /**
     * Parameters that choose the same tokens from the same logits, the same for all that do so by rule 11: what has no effect is at its
     * default, and numbers that the rule rounds are rounded.
     *
     * @param vocabularySize from which on top-k cuts nothing
     */
    public static SamplingParameters canonical(SamplingParameters p, int vocabularySize) {
        boolean greedy = greedy(p);
        Map<Integer, Float> bias = new TreeMap<>(p.logitBias());
        bias.values().removeIf(value -> value == 0f);
        long topP = tenThousandths(p.topP());
        return new SamplingParameters(
                greedy ? 0f : p.temperature(),
                greedy || p.topK() >= vocabularySize ? 0 : p.topK(),
                greedy || topP >= WHOLE ? 1f : (float) topP / WHOLE,
                greedy ? 0f : (float) tenThousandths(p.minP()) / WHOLE,
                p.repetitionPenalty(),
                // -0 and 0 subtract the same.
                p.frequencyPenalty() + 0f,
                p.presencePenalty() + 0f,
                bias,
                greedy ? 0 : p.seed(),
                p.topLogprobs());
    }

    private static long tenThousandths(float fraction) {
        return (long) Math.rint((double) fraction * WHOLE);
    }
}
