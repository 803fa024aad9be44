package io.theseus.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hundreds of requests in random company, order, memory and pace: each gets exactly what it gets alone, and no block is lost. Turns
 * are taken by hand and time is the model's, so every run of a seed is the same.
 */
class SchedulerSoakVersusNaive {
    private static final int CONTEXT = 160;

    private record Client(
            GenerationRequest request, Generation generation, boolean cancels, List<GenerationEvent> events) {}

    /** Blocks: plenty, some, barely one request. Kept blocks: many, few, none. Channel: wide, one event. */
    @ParameterizedTest
    @CsvSource({"400, 1000, 64, 8", "60, 1000, 64, 4", "24, 6, 8, 8", "20, 0, 1, 16", "21, 1000, 1, 3"})
    void eachAnswerIsTheOneComputedAlone(int blocks, int kept, int channel, int running) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String run = "seed " + seed + " blocks " + blocks;
        FakeTokenizer tokenizer = new FakeTokenizer();
        FakeStepModel model = new FakeStepModel(tokenizer.size(), CONTEXT, 8, blocks);
        SchedulerSettings settings = new SchedulerSettings(
                running,
                1000,
                1 << 20,
                64,
                8,
                Duration.ofMillis(30),
                Duration.ofMillis(60),
                kept,
                channel,
                Duration.ofDays(1));
        BatchScheduler scheduler = new BatchScheduler(
                model, tokenizer, settings, SchedulerListener.NONE, StateStore.NONE, () -> model.nanos);
        List<Client> clients = new ArrayList<>();
        int toSubmit = 250;
        int open = 0;
        for (int turn = 0; toSubmit > 0 || open > 0; turn++) {
            assertThat(turn).as(run + ": the scheduler is stuck").isLessThan(200_000);
            while (toSubmit > 0 && random.nextInt(3) == 0) {
                List<GenerationRequest> group = group(random, tokenizer.size());
                List<Generation> generations = scheduler.submit(group);
                for (int i = 0; i < group.size(); i++) {
                    clients.add(
                            new Client(group.get(i), generations.get(i), random.nextInt(12) == 0, new ArrayList<>()));
                }
                toSubmit -= group.size();
            }
            assertThat(scheduler.turn()).as(run).isNotEqualTo(BatchScheduler.Turn.CLOSED);
            open = 0;
            for (Client client : clients) {
                open += read(client, random) ? 0 : 1;
            }
        }
        for (Client client : clients) {
            verify(run, client);
        }
        assertThat(model.open).as(run).isEmpty();
        assertThat(model.held.size()).as(run).isLessThanOrEqualTo(kept);
        assertThat(scheduler.load().cachedTokens()).as(run).isGreaterThan(1000);
        if (blocks < 60) {
            assertThat(scheduler.load().preemptions()).as(run).isPositive();
        }
        scheduler.beginShutdown(0);
        assertThat(scheduler.turn()).isEqualTo(BatchScheduler.Turn.CLOSED);
        assertThat(model.open).as(run).isEmpty();
        assertThat(model.freeBlocks()).as(run).isEqualTo(blocks);
        assertThat(scheduler.load().waiting()).as(run).isZero();
        assertThat(scheduler.load().running()).as(run).isZero();
    }

    /** Reads now and then; returns whether the end was read. */
    private static boolean read(Client client, Random random) throws InterruptedException {
        if (client.cancels && client.events.size() > 3) {
            client.generation.cancel();
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            GenerationEvent event = client.generation.poll(0);
            if (event != null && !ended(client)) {
                client.events.add(event);
            }
        }
        return ended(client);
    }

    private static boolean ended(Client client) {
        return !client.events.isEmpty()
                && !(client.events.getLast() instanceof GenerationEvent.Prefill)
                && !(client.events.getLast() instanceof GenerationEvent.Token);
    }

    private static void verify(String run, Client client) {
        List<Integer> ids = new ArrayList<>();
        List<Optional<Logprobs>> logprobs = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        FinishReason reason = null;
        int prefilled = 0;
        for (GenerationEvent event : client.events) {
            switch (event) {
                case GenerationEvent.Prefill(int done, int total) -> {
                    assertThat(ids).as(run).isEmpty();
                    assertThat(done).as(run).isGreaterThan(prefilled).isLessThanOrEqualTo(total);
                    prefilled = done;
                }
                case GenerationEvent.Token(int id, String piece, Optional<Logprobs> logprob) -> {
                    ids.add(id);
                    text.append(piece);
                    logprobs.add(logprob);
                }
                case GenerationEvent.Finished(FinishReason why, String rest, GenerationEvent.Usage usage) -> {
                    reason = why;
                    text.append(rest);
                    assertThat(usage.promptTokens()).as(run).isEqualTo(client.request.prompt().length);
                    assertThat(usage.completionTokens()).as(run).isEqualTo(ids.size());
                    assertThat(usage.cachedTokens()).as(run).isBetween(0, client.request.prompt().length - 1);
                    assertThat(usage.queueNanos()).isNotNegative();
                    assertThat(usage.prefillNanos()).isNotNegative();
                    assertThat(usage.decodeNanos()).isNotNegative();
                }
                case GenerationEvent.Failed(var cause) -> throw new AssertionError(run, cause);
            }
        }
        FakeStepModel alone = new FakeStepModel(new FakeTokenizer().size(), CONTEXT, 8, 1000);
        AloneEngine.Result expected = AloneEngine.answer(alone, client.request);
        if (reason == FinishReason.CANCELLED) {
            assertThat(client.cancels).as(run).isTrue();
            assertThat(expected.ids().subList(0, ids.size())).as(run).isEqualTo(ids);
        } else {
            assertThat(new AloneEngine.Result(ids, logprobs, text.toString(), reason))
                    .as(run + " " + client.request)
                    .isEqualTo(expected);
        }
    }

    private static List<GenerationRequest> group(Random random, int vocabulary) {
        int common = random.nextBoolean() ? 0 : 20 + random.nextInt(100);
        Random shared = new Random(7 + random.nextInt(3));
        int[] prompt = IntStream.concat(
                        shared.ints(common, 2, vocabulary), random.ints(1 + random.nextInt(30), 2, vocabulary))
                .toArray();
        GenerationRequest first = new GenerationRequest(
                prompt,
                random.nextInt(60),
                sampling(random),
                stops(random),
                random.nextInt(5) == 0 ? Set.of(3, 9) : Set.of(),
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                Optional.empty());
        List<GenerationRequest> group = new ArrayList<>();
        for (int i = random.nextInt(5) == 0 ? 4 : 1; i > 0; i--) {
            group.add(new GenerationRequest(
                    prompt,
                    first.maxTokens(),
                    first.sampling().withSeed(random.nextLong()),
                    first.stop(),
                    first.endTokens(),
                    first.ignoreEnd(),
                    first.echoSpecial(),
                    first.deadline()));
        }
        return group;
    }

    private static List<String> stops(Random random) {
        List<String> some = List.of("ab", "bca", "é", "😀", "\n", "cab");
        return random.nextBoolean() ? List.of() : some.subList(0, 1 + random.nextInt(some.size()));
    }

    private static SamplingParameters sampling(Random random) {
        boolean plain = random.nextBoolean();
        return new SamplingParameters(
                random.nextInt(3) == 0 ? 0 : 0.5f + random.nextFloat(),
                plain ? 0 : 5,
                plain ? 1 : 0.9f,
                0,
                plain ? 1 : 1.2f,
                plain ? 0 : 0.5f,
                plain ? 0 : 0.1f,
                plain ? Map.of() : Map.of(5, 1.5f),
                random.nextLong(),
                random.nextInt(4) - 1);
    }
}
