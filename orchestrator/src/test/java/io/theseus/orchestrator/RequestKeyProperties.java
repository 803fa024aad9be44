package io.theseus.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.Digest;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.sampler.SamplingState;
import io.theseus.engine.sampler.TokenSampler;
import io.theseus.engine.scheduler.GenerationRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Equal keys mean equal answers, and whatever can change an answer changes the key. */
class RequestKeyProperties {
    private static final Digest ROOT = Digest.ofText("root");
    private static final int VOCABULARY = 64;

    /** Against the real sampler: what is normalised away changes no token, on logits full of ties and edge values. */
    @Test
    void canonicalParametersChooseTheSameTokens() {
        long seed = 20261121;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 4000; round++) {
            SamplingParameters given = randomParameters(random);
            SamplingParameters canonical = RequestKey.canonical(given, VOCABULARY);
            assertThat(RequestKey.canonical(canonical, VOCABULARY)).isEqualTo(canonical);
            int[] prompt = random.ints(5, 0, VOCABULARY).toArray();
            SamplingState a = new SamplingState(given, prompt);
            SamplingState b = new SamplingState(canonical, prompt);
            TokenSampler sampler = new TokenSampler(VOCABULARY);
            for (int step = 0; step < 6; step++) {
                float[] logits = randomLogits(random);
                var first = sampler.sample(logits, a, prompt.length + step);
                var second = sampler.sample(logits, b, prompt.length + step);
                assertThat(second)
                        .as("seed %d round %d step %d: %s as %s", seed, round, step, given, canonical)
                        .isEqualTo(first);
                a.accept(first.id());
                b.accept(first.id());
            }
        }
    }

    private static float[] randomLogits(SplittableRandom random) {
        float[] logits = new float[VOCABULARY];
        float scale = random.nextBoolean() ? 1f : 30f;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = switch (random.nextInt(8)) {
                case 0 -> 0f;
                case 1 -> -0f;
                case 2 -> 1f;
                default -> (float) (random.nextDouble() - 0.5) * scale;
            };
        }
        return logits;
    }

    private static SamplingParameters randomParameters(SplittableRandom random) {
        float[] temperatures = {0f, -0f, 1e-6f, 0x1p-17f, Math.nextDown(0x1p-17f), 0.5f, 1f, 2f};
        int[] tops = {0, 1, 2, 5, VOCABULARY - 1, VOCABULARY, VOCABULARY + 1, Integer.MAX_VALUE};
        float[] fractions = {0f, 0.00004f, 0.00005f, 0.00006f, 0.1f, 0.5f, 0.9f, 0.99994f, 0.99996f, 1f};
        float[] penalties = {0f, -0f, 0.5f, -0.5f};
        Map<Integer, Float> bias = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            bias.put(random.nextInt(VOCABULARY), random.nextBoolean() ? penalties[random.nextInt(2)] : 1.5f);
        }
        return new SamplingParameters(
                temperatures[random.nextInt(temperatures.length)],
                tops[random.nextInt(tops.length)],
                fractions[random.nextInt(fractions.length)],
                fractions[random.nextInt(fractions.length)],
                random.nextBoolean() ? 1f : 1.3f,
                penalties[random.nextInt(4)],
                penalties[random.nextInt(4)],
                bias,
                random.nextInt(3),
                random.nextInt(3) - 1);
    }

    private static Digest key(GenerationRequest request) {
        return key(request, 100);
    }

    private static Digest key(GenerationRequest request, int context) {
        return RequestKey.of(ROOT, "e", "", request, OptionalInt.empty(), new ByteTokenizer(), context);
    }

    private static GenerationRequest request(
            int[] prompt,
            int most,
            SamplingParameters sampling,
            List<String> stop,
            Set<Integer> ends,
            boolean ignoreEnd,
            boolean echo,
            Optional<Duration> deadline) {
        return new GenerationRequest(prompt, most, sampling, stop, ends, ignoreEnd, echo, deadline);
    }

    @Test
    void whatDoesNotChangeTheAnswerIsNotInTheKey() {
        int[] prompt = {1, 2, 3};
        SamplingParameters greedy = SamplingParameters.GREEDY;
        Digest base = key(request(prompt, 20, greedy, List.of("a", "b"), Set.of(), false, false, Optional.empty()));
        assertThat(key(request(
                        prompt,
                        20,
                        greedy.withSeed(99),
                        List.of("b", "a", "b"),
                        Set.of(ByteTokenizer.END),
                        false,
                        false,
                        Optional.of(Duration.ofSeconds(1)))))
                .isEqualTo(base);
        assertThat(key(GenerationRequest.of(prompt, 97, greedy)))
                .isEqualTo(key(GenerationRequest.of(prompt, 5000, greedy)));
        assertThat(key(GenerationRequest.of(prompt, 97, greedy), 50))
                .isEqualTo(key(GenerationRequest.of(prompt, 47, greedy), 1000));
    }

    @Test
    void whatChangesTheAnswerChangesTheKey() {
        SamplingParameters drawn = new SamplingParameters(0.7f, 10, 0.9f, 0.05f, 1.1f, 0.2f, 0.3f, Map.of(1, 2f), 5, 2);
        List<Digest> keys = new ArrayList<>();
        keys.add(key(request(new int[] {1, 2}, 20, drawn, List.of("s"), Set.of(7), false, false, Optional.empty())));
        keys.add(key(request(new int[] {2, 1}, 20, drawn, List.of("s"), Set.of(7), false, false, Optional.empty())));
        keys.add(key(request(new int[] {1, 2, 0}, 20, drawn, List.of("s"), Set.of(7), false, false, Optional.empty())));
        keys.add(key(request(new int[] {1, 2}, 21, drawn, List.of("s"), Set.of(7), false, false, Optional.empty())));
        keys.add(key(
                request(new int[] {1, 2}, 20, drawn, List.of("s", "t"), Set.of(7), false, false, Optional.empty())));
        keys.add(key(request(new int[] {1, 2}, 20, drawn, List.of("st"), Set.of(7), false, false, Optional.empty())));
        keys.add(key(request(new int[] {1, 2}, 20, drawn, List.of("s"), Set.of(8), false, false, Optional.empty())));
        keys.add(key(request(new int[] {1, 2}, 20, drawn, List.of("s"), Set.of(), true, false, Optional.empty())));
        keys.add(key(request(new int[] {1, 2}, 20, drawn, List.of("s"), Set.of(7), false, true, Optional.empty())));
        List<UnaryOperator<float[]>> changes = new ArrayList<>();
        for (int field = 0; field < 10; field++) {
            int which = field;
            changes.add(values -> {
                values[which] += which == 3 ? 0.05f : which == 2 ? -0.1f : 1;
                return values;
            });
        }
        for (UnaryOperator<float[]> change : changes) {
            float[] v = change.apply(new float[] {0.7f, 10, 0.9f, 0.05f, 1.1f, 0.2f, 0.3f, 2f, 5, 2});
            SamplingParameters changed = new SamplingParameters(
                    v[0], (int) v[1], v[2], v[3], v[4], v[5], v[6], Map.of(1, v[7]), (long) v[8], (int) v[9]);
            keys.add(key(
                    request(new int[] {1, 2}, 20, changed, List.of("s"), Set.of(7), false, false, Optional.empty())));
        }
        GenerationRequest same =
                request(new int[] {1, 2}, 20, drawn, List.of("s"), Set.of(7), false, false, Optional.empty());
        keys.add(RequestKey.of(Digest.ofText("r2"), "e", "", same, OptionalInt.empty(), new ByteTokenizer(), 100));
        keys.add(RequestKey.of(ROOT, "e2", "", same, OptionalInt.empty(), new ByteTokenizer(), 100));
        keys.add(RequestKey.of(ROOT, "e", "salt", same, OptionalInt.empty(), new ByteTokenizer(), 100));
        keys.add(RequestKey.of(ROOT, "e", "", same, OptionalInt.of(5), new ByteTokenizer(), 100));
        keys.add(RequestKey.of(ROOT, "e", "", same, OptionalInt.of(6), new ByteTokenizer(), 100));

        assertThat(new HashSet<>(keys)).hasSameSizeAs(keys);
    }

    /** A key that changes makes every remembered answer unfindable: that must be a decision. */
    @Test
    void theKeyStaysAsItIs() {
        assertThat(key(GenerationRequest.of(new int[] {1, 2, 3}, 20, SamplingParameters.GREEDY))
                        .hex())
                .isEqualTo("c6feccd9b330e87301410ae9d7f893c850b2dbb273da3dee908cbc975571ec03");
    }
}
