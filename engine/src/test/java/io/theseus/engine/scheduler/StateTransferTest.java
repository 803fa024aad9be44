package io.theseus.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.scheduler.FakeStateStore.FakePlan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** States come and go beside running answers, and change nothing but the time. Blocks have 8 tokens, a token takes 1 ms. */
class StateTransferTest {
    private final FakeStateStore store = new FakeStateStore(8);

    /** An engine whose memory knows nothing. */
    private Rig restarted() {
        return new Rig(2000, Rig.settings(8, 100), store);
    }

    private void store(int[] prompt) throws InterruptedException {
        Rig rig = restarted();
        Generation generation = rig.scheduler.submit(Rig.request(prompt, 1));
        rig.drain();
        assertThat(Rig.finished(Rig.read(generation))).isNotNull();
    }

    private static void same(Rig rig, Generation generation, GenerationRequest request) throws InterruptedException {
        assertThat(Rig.ids(Rig.read(generation))).isEqualTo(rig.alone(request));
    }

    @Test
    void wholeBlocksAreStoredAndLoadedByTheNextEngine() throws Exception {
        int[] prompt = Rig.prompt(100, 1);
        store(prompt);
        assertThat(store.stored).isEqualTo(12);
        store.quick = true;
        Rig rig = restarted();
        GenerationRequest request = Rig.request(prompt, 10);
        Generation generation = rig.scheduler.submit(request);
        rig.drain();
        List<GenerationEvent> events = Rig.read(generation);
        assertThat(Rig.ids(events)).isEqualTo(rig.alone(request));
        assertThat(Rig.finished(events).usage().cachedTokens()).isEqualTo(96);
        assertThat(store.plans.getFirst().imported).isEqualTo(12);
        assertThat(store.plans.getFirst().closed)
                .as("what is in the sequence is not held twice")
                .isTrue();
        assertThat(rig.model.steps.getFirst().getFirst().from())
                .as("the rest is computed")
                .isEqualTo(96);
        assertThat(store.stored).as("nothing is stored twice").isEqualTo(12);
    }

    @Test
    void othersGoOnWhileBlocksAreOnTheirWay() throws Exception {
        int[] prompt = Rig.prompt(100, 2);
        store(prompt);
        Rig rig = restarted();
        GenerationRequest waits = Rig.request(prompt, 5);
        GenerationRequest runs = Rig.request(Rig.prompt(30, 3), 20);
        Generation waiting = rig.scheduler.submit(waits);
        Generation running = rig.scheduler.submit(runs);
        rig.drain();
        same(rig, running, runs);
        assertThat(Rig.read(waiting)).isEmpty();
        store.plans.getFirst().arrive();
        rig.drain();
        same(rig, waiting, waits);
    }

    @Test
    void aDiskThatHangsIsNotWaitedForLongerThanTenSeconds() throws Exception {
        int[] prompt = Rig.prompt(100, 4);
        store(prompt);
        Rig rig = restarted();
        GenerationRequest request = Rig.request(prompt, 5);
        Generation generation = rig.scheduler.submit(request);
        rig.drain();
        assertThat(Rig.read(generation)).isEmpty();
        rig.model.nanos += Duration.ofSeconds(11).toNanos();
        rig.drain();
        same(rig, generation, request);
        FakePlan plan = store.plans.getFirst();
        assertThat(plan.closed).isTrue();
        assertThat(plan.imported).isZero();
        plan.arrive(); // too late, and no harm
        rig.drain();
    }

    @Test
    void whoLeavesWhileBlocksAreOnTheirWayLeavesNothingBehind() throws Exception {
        int[] prompt = Rig.prompt(100, 5);
        store(prompt);
        Rig rig = restarted();
        Generation generation = rig.scheduler.submit(Rig.request(prompt, 5));
        rig.drain();
        generation.cancel();
        rig.drain();
        assertThat(Rig.finished(Rig.read(generation)).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(store.plans.getFirst().closed).isTrue();
        assertThat(rig.model.open).isEmpty();
        assertThat(rig.model.freeBlocks()).isEqualTo(2000);
    }

    @Test
    void manyThatBeginAlikeLoadOnce() throws Exception {
        int[] prompt = Rig.prompt(100, 6);
        store(prompt);
        Rig rig = restarted();
        GenerationRequest request = Rig.request(prompt, 5);
        List<Generation> generations = rig.scheduler.submit(List.of(request, request, request));
        rig.drain();
        assertThat(store.plans).hasSize(1);
        store.plans.getFirst().arrive();
        rig.drain();
        for (Generation generation : generations) {
            same(rig, generation, request);
        }
        assertThat(store.plans.stream().mapToInt(plan -> plan.imported).sum()).isEqualTo(12);
    }

    @Test
    void whatIsMissingOrUselessIsComputed() throws Exception {
        int[] prompt = Rig.prompt(100, 7);
        store(prompt);
        store.quick = true;
        store.missing = 5;
        Rig rig = restarted();
        GenerationRequest request = Rig.request(prompt, 5);
        Generation generation = rig.scheduler.submit(request);
        rig.drain();
        same(rig, generation, request);
        assertThat(store.plans.getLast().imported).isEqualTo(7);
        store.missing = 0;
        store.spoil();
        Rig again = restarted();
        generation = again.scheduler.submit(request);
        again.drain();
        same(again, generation, request);
    }

    @Test
    void memoryComesFirstAndOnlyTheRestIsLoaded() throws Exception {
        int[] prompt = Rig.prompt(100, 8);
        store(prompt);
        store.quick = true;
        Rig rig = restarted();
        GenerationRequest beginning = Rig.request(Arrays.copyOf(prompt, 45), 1);
        rig.scheduler.submit(beginning);
        rig.drain();
        store.plans.clear();
        GenerationRequest request = Rig.request(prompt, 5);
        Generation generation = rig.scheduler.submit(request);
        rig.drain();
        same(rig, generation, request);
        assertThat(store.plans.getFirst().first()).isEqualTo(5);
        assertThat(store.plans.getFirst().imported).isEqualTo(7);
    }

    @Test
    void takingInDoesNotHoldUpAStream() throws Exception {
        int[] prompt = Rig.prompt(2000, 9);
        store(prompt);
        Rig rig = restarted();
        rig.model.nanosPerImport = 1_000_000;
        GenerationRequest streams = Rig.request(Rig.prompt(20, 10), 200);
        Generation stream = rig.scheduler.submit(streams);
        rig.turns(20);
        rig.heard.clear();
        store.quick = true;
        GenerationRequest request = Rig.request(prompt, 2);
        Generation generation = rig.scheduler.submit(request);
        for (int turns = 0; turns < 100; turns++) {
            rig.scheduler.turn();
            Rig.read(stream);
        }
        // 249 blocks at 1 ms; a turn takes in 4 ms of them beside a step of 2 ms.
        List<String> gaps =
                rig.heard.stream().filter(line -> line.startsWith("next")).toList();
        assertThat(gaps).hasSizeGreaterThan(50);
        assertThat(gaps)
                .allSatisfy(
                        gap -> assertThat(Integer.parseInt(gap.substring(5))).isLessThanOrEqualTo(60));
        assertThat(gaps.subList(0, 40))
                .allSatisfy(
                        gap -> assertThat(Integer.parseInt(gap.substring(5))).isLessThanOrEqualTo(10));
        rig.drain();
        assertThat(Rig.ids(Rig.read(generation))).isEqualTo(rig.alone(request));
    }

    @Test
    void aTightMemoryTakesInWhatFits() throws Exception {
        int[] prompt = Rig.prompt(100, 11);
        store(prompt);
        store.quick = true;
        Rig rig = new Rig(16, Rig.settings(8, 100), store);
        GenerationRequest request = Rig.request(prompt, 12);
        GenerationRequest other = Rig.request(Rig.prompt(60, 12), 12);
        List<Generation> generations = rig.scheduler.submit(List.of(request, other));
        rig.drain();
        same(rig, generations.get(0), request);
        same(rig, generations.get(1), other);
        rig.scheduler.beginShutdown(0);
        rig.drain();
        assertThat(rig.model.freeBlocks()).isEqualTo(16);
    }
}
