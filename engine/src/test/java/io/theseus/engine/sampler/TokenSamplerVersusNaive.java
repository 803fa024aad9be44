package io.theseus.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Partial selection chooses what a full sort chooses, over random logits with many ties and every parameter at its edges. */
class TokenSamplerVersusNaive {
    private static final int ROUNDS = 6000;

    @Test
    void sameChoiceAsFullSort() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int notBest = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int vocabulary = 1 + random.nextInt(random.nextInt(8) == 0 ? 700 : 40);
            float[] logits = logits(random, vocabulary);
            SamplingParameters parameters = parameters(random, vocabulary);
            int[] prompt = ids(random, vocabulary).stream().mapToInt(i -> i).toArray();
            List<Integer> answer = ids(random, vocabulary);
            SamplingState state = new SamplingState(parameters, prompt);
            answer.forEach(state::accept);
            long position = prompt.length + answer.size();

            int expected = NaiveSampler.sample(logits, parameters, prompt, answer, position);
            float[] before = logits.clone();
            int id =
                    new TokenSampler(vocabulary).sample(logits, state, position).id();

            assertThat(id).as("seed %d round %d %s", seed, round, parameters).isEqualTo(expected);
            assertThat(logits).isEqualTo(before);
            notBest += NaiveSampler.sample(logits, SamplingParameters.GREEDY, prompt, answer, 0) != id ? 1 : 0;
        }
        assertThat(notBest).as("rounds that were not simply greedy").isGreaterThan(ROUNDS / 8);
    }

    @Test
    void reusedScratchSpaceLeavesNoTrace() {
        Random random = new Random(5);
        TokenSampler reused = new TokenSampler(300);
        for (int round = 0; round < 200; round++) {
            float[] logits = logits(random, 300);
            SamplingParameters parameters = parameters(random, 300);
            assertThat(reused.sample(logits, new SamplingState(parameters, new int[0]), round))
                    .isEqualTo(new TokenSampler(300).sample(logits, new SamplingState(parameters, new int[0]), round));
        }
    }

    private static float[] logits(Random random, int vocabulary) {
        float[] logits = new float[vocabulary];
        float spread = new float[] {0.5f, 3f, 12f, 1000f}[random.nextInt(4)];
        boolean coarse = random.nextBoolean();
        for (int i = 0; i < vocabulary; i++) {
            float value = (float) random.nextGaussian() * spread;
            logits[i] = coarse ? (float) Math.rint(value) * (random.nextBoolean() ? 1f : -0f + 1f) : value;
            if (random.nextInt(20) == 0) {
                logits[i] = -0f;
            }
        }
        return logits;
    }

    private static SamplingParameters parameters(Random random, int vocabulary) {
        Map<Integer, Float> bias = new HashMap<>();
        for (int i = random.nextInt(4); i > 1; i--) {
            bias.put(random.nextInt(vocabulary), random.nextFloat() * 200 - 100);
        }
        return new SamplingParameters(
                pick(random, 0f, 1f, 0.7f, 0.01f, 100f, 1e-6f, 1e-30f, Float.MIN_VALUE, 1.5f),
                random.nextBoolean() ? 0 : 1 + random.nextInt(vocabulary + 3),
                pick(random, 1f, 0.9f, 0.5f, 0f, 0.00001f, 0.99999f, random.nextFloat()),
                pick(random, 0f, 0f, 0.05f, 1f, 0.00001f, random.nextFloat()),
                pick(random, 1f, 1.3f, 0.8f, 0.01f, 100f),
                pick(random, 0f, 0.3f, -2f, 2f),
                pick(random, 0f, 0.7f, -2f),
                bias,
                random.nextLong(),
                -1);
    }

    private static float pick(Random random, float... values) {
        return values[random.nextInt(values.length)];
    }

    private static List<Integer> ids(Random random, int vocabulary) {
        List<Integer> ids = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            ids.add(random.nextInt(vocabulary));
        }
        return ids;
    }
}
