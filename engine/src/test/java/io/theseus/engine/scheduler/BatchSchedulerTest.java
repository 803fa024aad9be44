package io.theseus.engine.scheduler;

import static io.theseus.engine.scheduler.Rig.finished;
import static io.theseus.engine.scheduler.Rig.ids;
import static io.theseus.engine.scheduler.Rig.prompt;
import static io.theseus.engine.scheduler.Rig.read;
import static io.theseus.engine.scheduler.Rig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.sampler.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a caller of the engine can count on, on a virtual clock. */
class BatchSchedulerTest {
    @Test
    void anAnswerIsProgressThenTokensThenTheEnd() throws Exception {
        Rig rig = Rig.plain();
        GenerationRequest request = request(prompt(150, 1), 4);
        Generation generation = rig.scheduler.submit(request);
        List<GenerationEvent> events = new ArrayList<>();
        while (rig.scheduler.turn() == BatchScheduler.Turn.WORKED) {
            events.addAll(read(generation));
        }
        events.addAll(read(generation));
        assertThat(events.stream()
                        .map(event -> event.getClass().getSimpleName())
                        .distinct())
                .containsExactly("Prefill", "Token", "Finished");
        assertThat(events.getFirst()).isEqualTo(new GenerationEvent.Prefill(64, 150));
        assertThat(ids(events)).isEqualTo(rig.alone(request));
        GenerationEvent.Finished end = finished(events);
        assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(end.usage().promptTokens()).isEqualTo(150);
        assertThat(end.usage().completionTokens()).isEqualTo(4);
        assertThat(end.usage().queueNanos()).isZero();
        assertThat(end.usage().prefillNanos()).isEqualTo(152_000_000);
        assertThat(end.usage().decodeNanos()).isEqualTo(6_000_000);
        assertThat(generation.next()).isSameAs(end);
        assertThat(generation.poll(0)).isSameAs(end);
    }

    @Test
    void noTokensAskedForIsPrefillOnly() throws Exception {
        Rig rig = Rig.plain();
        Generation generation = rig.scheduler.submit(request(prompt(10, 1), 0));
        rig.drain();
        List<GenerationEvent> events = read(generation);
        assertThat(ids(events)).isEmpty();
        assertThat(finished(events).reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void theEndOfTheContextIsTheEndOfTheAnswer() throws Exception {
        Rig rig = new Rig(5, Rig.settings(4, 10));
        assertThat(rig.scheduler.contextLength()).isEqualTo(40);
        Generation generation = rig.scheduler.submit(request(prompt(36, 1), Integer.MAX_VALUE));
        rig.drain();
        List<GenerationEvent> events = read(generation);
        assertThat(ids(events)).hasSize(4);
        assertThat(finished(events).reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aLongPromptDoesNotStallRunningStreams() throws Exception {
        Rig rig = Rig.plain();
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            streams.add(rig.scheduler.submit(request(prompt(20, i), 400)));
        }
        rig.turns(5);
        for (Generation stream : streams) {
            read(stream);
        }
        rig.heard.clear();
        Generation book = rig.scheduler.submit(request(prompt(3000, 9), 2));
        int turns = 0;
        while (ids(read(book)).isEmpty()) {
            rig.turns(1);
            turns++;
            for (Generation stream : streams) {
                assertThat(ids(read(stream)))
                        .as("tokens of each stream, each turn")
                        .hasSize(1);
            }
        }
        assertThat(turns).isBetween(3000 / 51, 3000 / 30);
        assertThat(rig.heard.stream()
                        .filter(heard -> heard.startsWith("next "))
                        .mapToInt(heard -> Integer.parseInt(heard.substring(5)))
                        .max()
                        .orElseThrow())
                .as("longest gap between tokens, in ms")
                .isLessThanOrEqualTo(70);
    }

    @Test
    void aShortPromptDoesNotWaitForALongOne() throws Exception {
        Rig rig = Rig.plain();
        Generation book = rig.scheduler.submit(request(prompt(3000, 1), 1));
        rig.turns(2);
        Generation question = rig.scheduler.submit(request(prompt(40, 2), 1));
        rig.turns(2);
        assertThat(finished(read(question)).usage().completionTokens()).isEqualTo(1);
        assertThat(ids(read(book))).isEmpty();
    }

    @Test
    void ofManyPromptsTheOldestAndTheShortestMoveOn() throws Exception {
        Rig rig = Rig.plain();
        List<Generation> books = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            books.add(rig.scheduler.submit(request(prompt(1000, i), 1)));
        }
        Generation question = rig.scheduler.submit(request(prompt(20, 9), 1));
        rig.turns(4);
        assertThat(finished(read(question)).usage().completionTokens()).isEqualTo(1);
        assertThat(((GenerationEvent.Prefill) read(books.getFirst()).getFirst()).done())
                .isGreaterThan(100);
        rig.drain();
        for (Generation book : books) {
            assertThat(finished(read(book)).reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void stepsShrinkOnASlowMachineAndGrowOnAFastOne() {
        Rig rig = Rig.plain();
        rig.model.nanosPerToken = 10_000_000;
        rig.scheduler.submit(request(prompt(2000, 1), 1));
        rig.turns(4);
        assertThat(rig.model.steps.getLast().getFirst().tokens()).isBetween(8, 10);
        rig.model.nanosPerToken = 1000;
        rig.turns(6);
        assertThat(rig.model.steps.getLast().getFirst().tokens()).isEqualTo(128);
    }

    @Test
    void cancellingTakesEffectBeforeTheNextStep() throws Exception {
        Rig rig = Rig.plain();
        Generation running = rig.scheduler.submit(request(prompt(20, 1), 100));
        Generation prefilling = rig.scheduler.submit(request(prompt(3000, 2), 100));
        rig.turns(3);
        running.cancel();
        prefilling.close();
        Generation waiting = rig.scheduler.submit(request(prompt(20, 3), 100));
        waiting.cancel();
        int steps = rig.model.steps.size();
        assertThat(rig.scheduler.turn()).isEqualTo(BatchScheduler.Turn.NOTHING_TO_DO);
        assertThat(rig.model.steps).hasSize(steps);
        assertThat(finished(read(running)).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(finished(read(prefilling)).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(finished(read(waiting)).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(rig.scheduler.load().waiting()).isZero();
        assertThat(rig.scheduler.load().running()).isZero();
    }

    @Test
    void deadlinesCutRunningAndWaitingAnswers() throws Exception {
        Rig rig = new Rig(2000, Rig.settings(1, 10));
        Generation running = rig.scheduler.submit(request(prompt(10, 1), 1000, Duration.ofMillis(50)));
        Generation waiting = rig.scheduler.submit(request(prompt(10, 2), 1000, Duration.ofMillis(30)));
        rig.drain();
        List<GenerationEvent> events = read(running);
        assertThat(finished(events).reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(ids(events)).hasSizeBetween(10, 25);
        GenerationEvent.Finished unheard = finished(read(waiting));
        assertThat(unheard.reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(unheard.usage().completionTokens()).isZero();
        assertThat(unheard.usage().queueNanos()).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void aDeadlineBeyondAllNumbersIsNone() throws Exception {
        Rig rig = Rig.plain();
        Generation generation = rig.scheduler.submit(request(prompt(10, 1), 3, Duration.ofSeconds(Long.MAX_VALUE)));
        Generation past = rig.scheduler.submit(request(prompt(10, 1), 3, Duration.ofSeconds(-1)));
        rig.drain();
        assertThat(finished(read(generation)).reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(finished(read(past)).reason()).isEqualTo(FinishReason.DEADLINE);
    }

    @Test
    void endTokensAndStopStringsEndAnAnswer() throws Exception {
        Rig rig = Rig.plain();
        List<Integer> free = rig.alone(request(prompt(12, 5), 30));
        Generation byId = rig.scheduler.submit(new GenerationRequest(
                prompt(12, 5),
                30,
                SamplingParameters.GREEDY,
                List.of(),
                Set.of(free.get(3)),
                false,
                false,
                Optional.empty()));
        rig.drain();
        List<GenerationEvent> events = read(byId);
        assertThat(finished(events).reason()).isEqualTo(FinishReason.STOP);
        assertThat(ids(events)).isEqualTo(free.subList(0, free.indexOf(free.get(3)) + 1));
        GenerationEvent.Token end = (GenerationEvent.Token) events.get(events.size() - 2);
        assertThat(end.text()).isEmpty();
    }

    @Test
    void aSlowReaderPausesOnlyItsOwnAnswer() throws Exception {
        Rig rig = Rig.plain();
        Generation slow = rig.scheduler.submit(request(prompt(10, 1), 200));
        Generation fast = rig.scheduler.submit(request(prompt(10, 2), 200));
        List<GenerationEvent> fastEvents = new ArrayList<>();
        for (int turn = 0; turn < 205; turn++) {
            rig.turns(1);
            fastEvents.addAll(read(fast));
        }
        assertThat(ids(fastEvents)).hasSize(200);
        assertThat(rig.scheduler.turn()).isEqualTo(BatchScheduler.Turn.NOTHING_TO_DO);
        List<GenerationEvent> slowEvents = new ArrayList<>(read(slow));
        assertThat(slowEvents).hasSize(32);
        while (rig.scheduler.turn() == BatchScheduler.Turn.WORKED) {
            slowEvents.addAll(read(slow));
        }
        slowEvents.addAll(read(slow));
        assertThat(ids(slowEvents)).isEqualTo(rig.alone(request(prompt(10, 1), 200)));
    }

    @Test
    void aReaderThatNeverComesBackIsGivenUp() throws Exception {
        Rig rig = Rig.plain();
        Generation lost = rig.scheduler.submit(request(prompt(10, 1), 200));
        rig.drain();
        rig.model.nanos += Duration.ofSeconds(59).toNanos();
        rig.turns(1);
        assertThat(rig.scheduler.load().running()).isEqualTo(1);
        rig.model.nanos += Duration.ofSeconds(2).toNanos();
        rig.turns(1);
        assertThat(rig.scheduler.load().running()).isZero();
        assertThat(finished(read(lost)).reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void severalAnswersToOnePromptShareItsPrefill() throws Exception {
        Rig rig = Rig.plain();
        List<GenerationRequest> group = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SamplingParameters sampling = new SamplingParameters(1f, 0, 1f, 0f, 1f, 0f, 0f, java.util.Map.of(), i, -1);
            group.add(new GenerationRequest(
                    prompt(500, 3), 10, sampling, List.of(), Set.of(), true, false, Optional.empty()));
        }
        List<Generation> generations = rig.scheduler.submit(group);
        rig.drain();
        int computed = rig.model.steps.stream()
                .flatMap(List::stream)
                .mapToInt(FakeStepModel.Ran::tokens)
                .sum();
        assertThat(computed).isEqualTo(500 + 3 + 4 * 9);
        for (int i = 0; i < 4; i++) {
            List<GenerationEvent> events = read(generations.get(i));
            assertThat(ids(events)).isEqualTo(rig.alone(group.get(i)));
            assertThat(finished(events).usage().cachedTokens()).isEqualTo(i == 0 ? 0 : 499);
        }
        assertThat(rig.scheduler.load().cachedTokens()).isEqualTo(3 * 499);
    }

    @Test
    void whoSharesAPrefillTakesItOverWhenItsLeaderLeaves() throws Exception {
        Rig rig = Rig.plain();
        List<Generation> generations =
                rig.scheduler.submit(List.of(request(prompt(500, 3), 5), request(prompt(500, 3), 5)));
        rig.turns(2);
        generations.getFirst().cancel();
        rig.drain();
        List<GenerationEvent> events = read(generations.get(1));
        assertThat(ids(events)).isEqualTo(rig.alone(request(prompt(500, 3), 5)));
        assertThat(finished(events).usage().cachedTokens()).isPositive();
    }

    @Test
    void theNextTurnOfAChatReusesTheStateOfTheLast() throws Exception {
        Rig rig = Rig.plain();
        int[] first = prompt(100, 1);
        Generation turn1 = rig.scheduler.submit(request(first, 20));
        rig.drain();
        List<Integer> answer = ids(read(turn1));
        int[] second = new int[first.length + answer.size() + 30];
        System.arraycopy(first, 0, second, 0, first.length);
        for (int i = 0; i < answer.size(); i++) {
            second[first.length + i] = answer.get(i);
        }
        System.arraycopy(prompt(30, 2), 0, second, first.length + answer.size(), 30);

        Generation turn2 = rig.scheduler.submit(request(second, 20));
        rig.drain();
        List<GenerationEvent> events = read(turn2);
        assertThat(finished(events).usage().cachedTokens()).isEqualTo(119);
        assertThat(ids(events)).isEqualTo(rig.alone(request(second, 20)));

        Generation again = rig.scheduler.submit(request(second, 20));
        rig.drain();
        events = read(again);
        assertThat(finished(events).usage().cachedTokens()).isEqualTo(149);
        assertThat(ids(events)).isEqualTo(rig.alone(request(second, 20)));
    }

    @Test
    void keptStatesGiveWayToRequestsThatNeedTheirBlocks() throws Exception {
        Rig rig = new Rig(30, Rig.settings(4, 100));
        for (int i = 0; i < 10; i++) {
            Generation generation = rig.scheduler.submit(request(prompt(100, i), 10));
            rig.drain();
            assertThat(ids(read(generation))).isEqualTo(rig.alone(request(prompt(100, i), 10)));
        }
        assertThat(rig.scheduler.load().usedBlocks()).isLessThanOrEqualTo(30);
        assertThat(rig.scheduler.load().preemptions()).isZero();
    }

    @Test
    void theListenerHearsLatencies() {
        Rig rig = Rig.plain();
        rig.scheduler.submit(request(prompt(20, 1), 3));
        rig.drain();
        assertThat(rig.heard).containsExactly("started 20 cached 0", "first 21", "next 2", "next 2", "finished LENGTH");
    }
}
