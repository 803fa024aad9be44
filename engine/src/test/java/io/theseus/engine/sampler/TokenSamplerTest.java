package io.theseus.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {
    private static final int[] NO_PROMPT = {};

    @Test
    void greedyTakesTheLowestIdAmongEqualsAndTheTwoZerosAreEqual() {
        assertThat(choose(new float[] {1, 3, 2, 3}, SamplingParameters.GREEDY)).isEqualTo(1);
        assertThat(choose(new float[] {-1, -0f, 0f}, SamplingParameters.GREEDY)).isEqualTo(1);
    }

    /** Expected values from an independent implementation of rule 11 (Python, hmac and numpy float32). */
    @Test
    void drawsOfAnotherImplementation() {
        float[] logits = new float[1000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (i * 7919 % 1000) / 125f;
        }
        assertThat(Long.toHexString(new SeededDraw(42).at(7))).isEqualTo("fc3d32051c47794e");
        assertThat(draws(logits, sampled(1f, 0, 1f, 0f, 42), 0)).containsExactly(88, 853, 162, 2, 75, 964, 349, 525);
        assertThat(draws(logits, sampled(0.7f, 50, 0.9f, 0.05f, -1), 100))
                .containsExactly(926, 531, 309, 284, 951, 25, 926, 630);
    }

    private static int[] draws(float[] logits, SamplingParameters parameters, int from) {
        SamplingState state = new SamplingState(parameters, NO_PROMPT);
        TokenSampler sampler = new TokenSampler(logits.length);
        return IntStream.range(from, from + 8)
                .map(position -> sampler.sample(logits, state, position).id())
                .toArray();
    }

    @Test
    void frequenciesFollowTheDistribution() {
        float[] logits = {(float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.15), (float) Math.log(0.05)};
        SamplingState state = new SamplingState(sampled(1f, 0, 1f, 0f, 9), NO_PROMPT);
        TokenSampler sampler = new TokenSampler(4);
        int[] counts = new int[4];
        for (int position = 0; position < 20_000; position++) {
            counts[sampler.sample(logits, state, position).id()]++;
        }
        assertThat(counts[0] / 20_000.0).isCloseTo(0.5, within(0.012));
        assertThat(counts[1] / 20_000.0).isCloseTo(0.3, within(0.012));
        assertThat(counts[2] / 20_000.0).isCloseTo(0.15, within(0.012));
        assertThat(counts[3] / 20_000.0).isCloseTo(0.05, within(0.012));
    }

    @Test
    void cutsKeepWhatTheySay() {
        float[] logits = {(float) Math.log(0.4), (float) Math.log(0.3), (float) Math.log(0.2), (float) Math.log(0.1)};
        assertThat(reachable(logits, sampled(1f, 2, 1f, 0f, 1))).containsExactly(0, 1);
        assertThat(reachable(logits, sampled(1f, 0, 0.75f, 0f, 1))).containsExactly(0, 1, 2);
        assertThat(reachable(logits, sampled(1f, 0, 0f, 0f, 1))).containsExactly(0);
        assertThat(reachable(logits, sampled(1f, 0, 1f, 0.4f, 1))).containsExactly(0, 1, 2);
        assertThat(reachable(logits, sampled(1f, 0, 1f, 1f, 1))).containsExactly(0);
        assertThat(reachable(logits, sampled(100f, 0, 1f, 0f, 1))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void biasBansAndForces() {
        SamplingParameters ban = biased(Map.of(1, -100f));
        SamplingParameters force = biased(Map.of(3, 100f));
        assertThat(choose(new float[] {1, 5, 2, 0}, ban)).isEqualTo(2);
        assertThat(choose(new float[] {1, 5, 2, 0}, force)).isEqualTo(3);
    }

    @Test
    void penaltiesCountTheAnswerAndRepetitionThePromptToo() {
        SamplingParameters frequency = new SamplingParameters(0, 0, 1, 0, 1, 0.5f, 0, Map.of(), 0, -1);
        SamplingState state = new SamplingState(frequency, new int[] {1, 1, 1});
        float[] logits = {2, 2.75f, 0};
        TokenSampler sampler = new TokenSampler(3);
        assertThat(sampler.sample(logits, state, 0).id()).isEqualTo(1);
        state.accept(1);
        assertThat(sampler.sample(logits, state, 1).id()).isEqualTo(1);
        state.accept(1);
        assertThat(sampler.sample(logits, state, 2).id()).isEqualTo(0);

        SamplingParameters repetition = new SamplingParameters(0, 0, 1, 0, 2f, 0, 0, Map.of(), 0, -1);
        assertThat(new TokenSampler(3)
                        .sample(logits, new SamplingState(repetition, new int[] {1}), 0)
                        .id())
                .isEqualTo(0);
        assertThat(new TokenSampler(2)
                        .sample(new float[] {-1, -1.5f}, new SamplingState(repetition, new int[] {0}), 0)
                        .id())
                .isEqualTo(1);
    }

    @Test
    void logprobsAreOfTheUnmodifiedDistributionAndSumToOne() {
        Random random = new Random(3);
        float[] logits = new float[5000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 4;
        }
        SamplingParameters parameters = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(17, 100f), 0, 20);
        SampledToken token =
                new TokenSampler(logits.length).sample(logits, new SamplingState(parameters, NO_PROMPT), 0);
        Logprobs logprobs = token.logprobs().orElseThrow();
        double logSum = StrictMath.log(DoubleStream.iterate(0, i -> i + 1)
                .limit(logits.length)
                .map(i -> StrictMath.exp(logits[(int) i]))
                .sum());

        assertThat(token.id()).isEqualTo(17);
        assertThat(logprobs.logprob()).isCloseTo(logits[17] - logSum, within(1e-6));
        assertThat(logprobs.top()).hasSize(20);
        Integer[] sorted = new Integer[logits.length];
        Arrays.setAll(sorted, i -> i);
        Arrays.sort(sorted, (a, b) -> Float.compare(logits[b], logits[a]));
        for (int i = 0; i < 20; i++) {
            TokenLogprob top = logprobs.top().get(i);
            assertThat(top.id()).isEqualTo(sorted[i]);
            assertThat(top.logprob()).isCloseTo(logits[top.id()] - logSum, within(1e-6));
        }
    }

    @Test
    void topLogprobsOfZeroReportsTheChosenTokenOnly() {
        SamplingParameters parameters = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, 0);
        Logprobs logprobs = new TokenSampler(2)
                .sample(new float[] {0, 0}, new SamplingState(parameters, NO_PROMPT), 0)
                .logprobs()
                .orElseThrow();
        assertThat(logprobs.top()).isEmpty();
        assertThat(logprobs.logprob()).isCloseTo(-Math.log(2), within(1e-7));
    }

    @Test
    void moreAlternativesThanTokens() {
        SamplingParameters parameters = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, 20);
        assertThat(new TokenSampler(3)
                        .sample(new float[] {0, 1, 0}, new SamplingState(parameters, NO_PROMPT), 0)
                        .logprobs()
                        .orElseThrow()
                        .top())
                .extracting(TokenLogprob::id)
                .containsExactly(1, 0, 2);
    }

    @Test
    void notFiniteLogitsAreFaultsAndNotAnswers() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> choose(new float[] {0, bad, 1}, SamplingParameters.GREEDY))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NUMERIC_FAULT))
                    .hasMessageContaining("token 1");
        }
    }

    private static int choose(float[] logits, SamplingParameters parameters) {
        return new TokenSampler(logits.length)
                .sample(logits, new SamplingState(parameters, NO_PROMPT), 0)
                .id();
    }

    private static int[] reachable(float[] logits, SamplingParameters parameters) {
        SamplingState state = new SamplingState(parameters, NO_PROMPT);
        TokenSampler sampler = new TokenSampler(logits.length);
        return IntStream.range(0, 500)
                .map(position -> sampler.sample(logits, state, position).id())
                .distinct()
                .sorted()
                .toArray();
    }

    private static SamplingParameters sampled(float temperature, int topK, float topP, float minP, long seed) {
        return new SamplingParameters(temperature, topK, topP, minP, 1, 0, 0, Map.of(), seed, -1);
    }

    private static SamplingParameters biased(Map<Integer, Float> bias) {
        return new SamplingParameters(0, 0, 1, 0, 1, 0, 0, bias, 0, -1);
    }
}
