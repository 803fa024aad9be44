package io.theseus.engine.scheduler;

import static io.theseus.engine.scheduler.Rig.prompt;
import static io.theseus.engine.scheduler.Rig.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine on its own thread, with readers on theirs. */
@Timeout(60)
class ThreadsTest {
    private final FakeTokenizer tokenizer = new FakeTokenizer();
    private final FakeStepModel model = new FakeStepModel(tokenizer.size(), 4096, 8, 400);

    private BatchScheduler start(int channel) {
        SchedulerSettings settings = new SchedulerSettings(
                16,
                1000,
                1 << 20,
                128,
                8,
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                8,
                channel,
                Duration.ofMinutes(1));
        return BatchScheduler.start(model, tokenizer, settings, SchedulerListener.NONE);
    }

    private List<Integer> alone(GenerationRequest request) {
        return AloneEngine.answer(new FakeStepModel(tokenizer.size(), 4096, 8, 2000), request)
                .ids();
    }

    private static List<GenerationEvent> readAll(Generation generation) throws InterruptedException {
        List<GenerationEvent> events = new ArrayList<>();
        do {
            events.add(generation.next());
        } while (!(events.getLast() instanceof GenerationEvent.Finished)
                && !(events.getLast() instanceof GenerationEvent.Failed));
        return events;
    }

    @Test
    void manyReadersGetTheirOwnAnswersThroughNarrowChannels() throws Exception {
        try (BatchScheduler scheduler = start(1);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<GenerationEvent>>> futures = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                GenerationRequest request = request(prompt(20 + i, i), 50);
                futures.add(readers.submit(() -> readAll(scheduler.submit(request))));
            }
            for (int i = 0; i < 60; i++) {
                assertThat(Rig.ids(futures.get(i).get())).isEqualTo(alone(request(prompt(20 + i, i), 50)));
            }
        }
        assertThat(model.open).isEmpty();
        assertThat(model.freeBlocks()).isEqualTo(400);
    }

    @Test
    void anIdleEngineWakesForCancellationAndDeadline() throws Exception {
        try (BatchScheduler scheduler = start(2)) {
            Generation cancelled = scheduler.submit(request(prompt(10, 1), 2000));
            cancelled.next();
            Generation late = scheduler.submit(request(prompt(10, 2), 2000, Duration.ofMillis(100)));
            late.next();
            cancelled.cancel();
            assertThat(Rig.finished(readAll(cancelled)).reason()).isEqualTo(FinishReason.CANCELLED);
            while (scheduler.load().running() > 0) {
                Thread.onSpinWait();
            }
            assertThat(Rig.finished(readAll(late)).reason()).isEqualTo(FinishReason.DEADLINE);
        }
    }

    @Test
    void shutdownLetsAnswersFinishWithinTheGrace() throws Exception {
        BatchScheduler scheduler = start(256);
        Generation generation = scheduler.submit(request(prompt(10, 1), 100));
        scheduler.shutdown(Long.MAX_VALUE);
        assertThat(Rig.finished(readAll(generation)).reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(scheduler.healthy()).isFalse();
        assertThat(model.freeBlocks()).isEqualTo(400);
        assertThatThrownBy(() -> scheduler.submit(request(prompt(10, 1), 1)))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        scheduler.shutdown(0);
    }

    @Test
    void shutdownCutsWhatTheGraceDoesNotCover() throws Exception {
        BatchScheduler scheduler = start(4);
        Generation paused = scheduler.submit(request(prompt(10, 1), 100));
        Generation waiting = scheduler.submit(request(prompt(2000, 2), 100));
        scheduler.shutdown(20);
        assertThat(Rig.finished(readAll(paused)).reason()).isEqualTo(FinishReason.SHUTDOWN);
        assertThat(Rig.finished(readAll(waiting)).reason()).isEqualTo(FinishReason.SHUTDOWN);
        assertThat(model.freeBlocks()).isEqualTo(400);
    }

    /** Readers, cancellations and submissions race with an engine that keeps falling asleep; a lost wake-up would hang. */
    @Test
    void noWakeUpIsLost() throws Exception {
        try (BatchScheduler scheduler = start(1);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (int reader = 0; reader < 4; reader++) {
                int number = reader;
                futures.add(readers.submit(() -> {
                    for (int i = 0; i < 300; i++) {
                        Generation generation = scheduler.submit(request(prompt(1 + i % 3, i), 4));
                        if ((i + number) % 7 == 0) {
                            generation.cancel();
                        }
                        readAll(generation);
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
        assertThat(model.freeBlocks()).isEqualTo(400);
    }

    @Test
    void aStepThatHangsHoldsNobodyElseUp() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        model.beforeStep = chunks -> {
            try {
                hang.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        try (BatchScheduler scheduler = start(8)) {
            Generation generation = scheduler.submit(request(prompt(10, 1), 5));
            assertThat(generation.poll(1)).isNull();
            scheduler.submit(request(prompt(10, 2), 5));
            assertThat(scheduler.load().totalBlocks()).isEqualTo(400);
            hang.countDown();
            assertThat(Rig.ids(readAll(generation))).isEqualTo(alone(request(prompt(10, 1), 5)));
        }
    }
}
