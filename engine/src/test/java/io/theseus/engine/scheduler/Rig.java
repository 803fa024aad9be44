package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.engine.sampler.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A scheduler on a fake model whose turns the test takes itself, on the model's virtual clock. */
final class Rig implements SchedulerListener {
    final FakeTokenizer tokenizer = new FakeTokenizer();
    final FakeStepModel model;
    final BatchScheduler scheduler;
    final List<String> heard = new ArrayList<>();

    Rig(int blocks, SchedulerSettings settings) {
        this(blocks, settings, StateStore.NONE);
    }

    Rig(int blocks, SchedulerSettings settings, StateStore store) {
        model = new FakeStepModel(tokenizer.size(), 4096, 8, blocks);
        scheduler = new BatchScheduler(model, tokenizer, settings, this, store, () -> model.nanos);
    }

    static Rig plain() {
        return new Rig(2000, settings(8, 100));
    }

    /** A millisecond a token; so a streaming step is worth 50 tokens and an idle one 100. */
    static SchedulerSettings settings(int running, int waiting) {
        return new SchedulerSettings(
                running,
                waiting,
                10_000,
                128,
                8,
                Duration.ofMillis(51),
                Duration.ofMillis(101),
                1000,
                32,
                Duration.ofMinutes(1));
    }

    static int[] prompt(int length, long seed) {
        return new Random(seed).ints(length, 2, 20).toArray();
    }

    static GenerationRequest request(int[] prompt, int maxTokens) {
        return new GenerationRequest(
                prompt, maxTokens, SamplingParameters.GREEDY, List.of(), Set.of(), true, false, Optional.empty());
    }

    static GenerationRequest request(int[] prompt, int maxTokens, Duration deadline) {
        return new GenerationRequest(
                prompt, maxTokens, SamplingParameters.GREEDY, List.of(), Set.of(), true, false, Optional.of(deadline));
    }

    /** Takes turns until there is nothing left to do. */
    void drain() {
        for (int turns = 0; scheduler.turn() == BatchScheduler.Turn.WORKED; turns++) {
            if (turns > 100_000) {
                throw new AssertionError("the scheduler never comes to rest");
            }
        }
    }

    void turns(int count) {
        for (int i = 0; i < count; i++) {
            scheduler.turn();
        }
    }

    /** Everything that is there to read. */
    static List<GenerationEvent> read(Generation generation) throws InterruptedException {
        List<GenerationEvent> events = new ArrayList<>();
        GenerationEvent event = generation.poll(0);
        while (event != null) {
            events.add(event);
            if (event instanceof GenerationEvent.Finished || event instanceof GenerationEvent.Failed) {
                break;
            }
            event = generation.poll(0);
        }
        return events;
    }

    static List<Integer> ids(List<GenerationEvent> events) {
        return events.stream()
                .filter(GenerationEvent.Token.class::isInstance)
                .map(event -> ((GenerationEvent.Token) event).id())
                .toList();
    }

    static GenerationEvent.Finished finished(List<GenerationEvent> events) {
        if (!events.isEmpty() && events.getLast() instanceof GenerationEvent.Finished finished) {
            return finished;
        }
        throw new AssertionError("not finished: " + events);
    }

    static GenerationEvent.Failed failed(List<GenerationEvent> events) {
        if (!events.isEmpty() && events.getLast() instanceof GenerationEvent.Failed failed) {
            return failed;
        }
        throw new AssertionError("not failed: " + events);
    }

    /** The ids a request gets alone. */
    List<Integer> alone(GenerationRequest request) {
        return AloneEngine.answer(new FakeStepModel(tokenizer.size(), 4096, 8, 2000), request)
                .ids();
    }

    @Override
    public void started(long queueNanos, int promptTokens, int cachedTokens) {
        heard.add("started " + promptTokens + " cached " + cachedTokens);
    }

    @Override
    public void firstToken(long nanos) {
        heard.add("first " + nanos / 1_000_000);
    }

    @Override
    public void nextToken(long nanos) {
        heard.add("next " + nanos / 1_000_000);
    }

    @Override
    public void finished(FinishReason reason, GenerationEvent.Usage usage) {
        heard.add("finished " + reason);
    }

    @Override
    public void failed(ErrorCode code) {
        heard.add("failed " + code);
    }

    @Override
    public void preempted() {
        heard.add("preempted");
    }
}
