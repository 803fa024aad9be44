package io.theseus.engine.scheduler;

import static io.theseus.engine.scheduler.Rig.finished;
import static io.theseus.engine.scheduler.Rig.ids;
import static io.theseus.engine.scheduler.Rig.prompt;
import static io.theseus.engine.scheduler.Rig.read;
import static io.theseus.engine.scheduler.Rig.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Who gets in, who waits, who is turned away. */
class AdmissionTest {
    private static void assertRefused(ErrorCode code, String says, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(says);
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnce() {
        Rig rig = new Rig(10, Rig.settings(4, 10));
        assertRefused(ErrorCode.CONTEXT_OVERFLOW, "81 tokens", () -> rig.scheduler.submit(request(prompt(81, 1), 0)));
        assertRefused(ErrorCode.CONTEXT_OVERFLOW, "may have 80", () -> rig.scheduler.submit(request(prompt(80, 1), 1)));
        rig.scheduler.submit(request(prompt(80, 1), 0));
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        Rig rig = Rig.plain();
        assertRefused(ErrorCode.BAD_INPUT, "token 26 ", () -> rig.scheduler.submit(request(new int[] {3, 26}, 1)));
        assertRefused(ErrorCode.BAD_INPUT, "token -1 ", () -> rig.scheduler.submit(request(new int[] {-1}, 1)));
        SamplingParameters biased = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(99, 1f), 0, -1);
        assertRefused(
                ErrorCode.BAD_INPUT,
                "logit_bias token 99",
                () -> rig.scheduler.submit(GenerationRequest.of(new int[] {3}, 1, biased)));
    }

    @Test
    void aFullQueueSaysBusyAndWhenToComeBack() throws Exception {
        Rig rig = new Rig(2000, Rig.settings(1, 3));
        List<Generation> taken = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            taken.add(rig.scheduler.submit(request(prompt(30, i), 2000)));
            rig.turns(1);
        }
        taken.add(rig.scheduler.submit(request(prompt(30, 2), 5)));
        assertRefused(
                ErrorCode.BUSY,
                "queue is full",
                () -> rig.scheduler.submit(List.of(request(prompt(30, 3), 5), request(prompt(30, 4), 5))));
        taken.add(rig.scheduler.submit(request(prompt(30, 5), 5)));
        assertThatThrownBy(() -> rig.scheduler.submit(request(prompt(30, 6), 5)))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.retryAfter()).hasValue(Duration.ofSeconds(1)));
        assertThat(rig.scheduler.load().waiting()).isEqualTo(3);
        assertThat(rig.scheduler.load().running()).isEqualTo(1);
        taken.forEach(Generation::cancel);
        rig.turns(1);
        rig.scheduler.submit(request(prompt(30, 7), 5));
    }

    @Test
    void theEstimateFollowsThePaceOfAnswers() {
        Rig rig = new Rig(2000, Rig.settings(1, 8));
        for (int i = 0; i < 6; i++) {
            rig.scheduler.submit(request(prompt(10, i), 1));
            rig.drain();
            rig.model.nanos += Duration.ofSeconds(3).toNanos();
        }
        rig.scheduler.submit(request(prompt(10, 50), 1000));
        rig.turns(1);
        for (int i = 0; i < 8; i++) {
            rig.scheduler.submit(request(prompt(10, i), 1));
        }
        assertThatThrownBy(() -> rig.scheduler.submit(request(prompt(10, 9), 1)))
                .isInstanceOfSatisfying(
                        TheseusException.class,
                        e -> assertThat(e.retryAfter().orElseThrow())
                                .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7)));
    }

    @Test
    void aQueueOfLongPromptsIsFullByTokens() {
        Rig rig = new Rig(2000, Rig.settings(1, 100));
        rig.scheduler.submit(request(prompt(30, 1), 100));
        rig.turns(1);
        for (int i = 0; i < 3; i++) {
            rig.scheduler.submit(request(prompt(3000, i), 1));
        }
        assertRefused(ErrorCode.BUSY, "9000 prompt tokens", () -> rig.scheduler.submit(request(prompt(3000, 9), 1)));
        rig.scheduler.submit(request(prompt(1000, 9), 1));
    }

    @Test
    void moreAnswersThanTheQueueHoldsCanNeverBeTaken() {
        Rig rig = new Rig(2000, Rig.settings(1, 3));
        assertRefused(
                ErrorCode.BAD_INPUT,
                "4 answers at once",
                () -> rig.scheduler.submit(Collections.nCopies(4, request(prompt(10, 1), 1))));
    }

    @Test
    void requestsRunInTheOrderOfTheirArrival() throws Exception {
        Rig rig = new Rig(2000, Rig.settings(1, 100));
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            generations.add(rig.scheduler.submit(request(prompt(10, i), 3)));
        }
        for (Generation generation : generations) {
            List<GenerationEvent> events = new ArrayList<>();
            while (events.isEmpty() || !(events.getLast() instanceof GenerationEvent.Finished)) {
                rig.turns(1);
                events.addAll(read(generation));
            }
            List<Generation> later = generations.subList(generations.indexOf(generation) + 1, generations.size());
            for (Generation other : later) {
                assertThat(other.poll(0)).isNull();
            }
        }
    }

    @Test
    void whenBlocksRunOutTheYoungestGivesWayAndLosesNothing() throws Exception {
        Rig rig = new Rig(40, Rig.settings(8, 100));
        List<GenerationRequest> requests = new ArrayList<>();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(request(prompt(30, i), 200));
            generations.add(rig.scheduler.submit(requests.get(i)));
        }
        List<List<GenerationEvent>> events = new ArrayList<>();
        generations.forEach(generation -> events.add(new ArrayList<>()));
        while (rig.scheduler.turn() == BatchScheduler.Turn.WORKED) {
            for (int i = 0; i < 5; i++) {
                events.get(i).addAll(read(generations.get(i)));
            }
        }
        for (int i = 0; i < 5; i++) {
            events.get(i).addAll(read(generations.get(i)));
            assertThat(ids(events.get(i))).isEqualTo(rig.alone(requests.get(i)));
            assertThat(finished(events.get(i)).reason()).isEqualTo(FinishReason.LENGTH);
        }
        assertThat(rig.scheduler.load().preemptions()).isPositive();
        assertThat(rig.heard).contains("preempted");
        // The oldest never gave way: its tokens came one a turn, with no second prefill.
        assertThat(rig.model.steps.stream()
                        .flatMap(List::stream)
                        .filter(ran -> ran.sequence() == 0)
                        .mapToInt(FakeStepModel.Ran::tokens)
                        .sum())
                .isEqualTo(30 + 199);
    }

    @Test
    void whoGaveWayReturnsBeforeWhoCameLater() throws Exception {
        Rig rig = new Rig(40, Rig.settings(2, 100));
        List<Generation> first = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            first.add(rig.scheduler.submit(request(prompt(30, i), 200)));
        }
        rig.turns(3);
        Generation later = rig.scheduler.submit(request(prompt(150, 7), 100));
        List<GenerationEvent> second = new ArrayList<>();
        while (second.isEmpty() || !(second.getLast() instanceof GenerationEvent.Finished)) {
            rig.turns(1);
            read(first.getFirst());
            second.addAll(read(first.getLast()));
            assertThat(later.poll(0)).as("an event of the one that came last").isNull();
        }
        assertThat(rig.heard).contains("preempted");
        rig.drain();
        assertThat(read(later)).isNotEmpty();
    }

    @Test
    void answersThatWaitForTheirReadersMakeWay() throws Exception {
        Rig rig = new Rig(60, Rig.settings(2, 100));
        List<Generation> unread = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            unread.add(rig.scheduler.submit(request(prompt(40, i), 100)));
        }
        rig.drain();
        Generation next = rig.scheduler.submit(request(prompt(350, 7), 5));
        rig.drain();
        assertThat(ids(read(next))).isEqualTo(rig.alone(request(prompt(350, 7), 5)));
        for (int i = 0; i < 2; i++) {
            List<GenerationEvent> events = new ArrayList<>();
            while (events.isEmpty() || !(events.getLast() instanceof GenerationEvent.Finished)) {
                events.addAll(read(unread.get(i)));
                rig.drain();
            }
            assertThat(ids(events)).isEqualTo(rig.alone(request(prompt(40, i), 100)));
        }
    }

    @Test
    void aBigRequestIsOvertakenOnlyAFewTimes() throws Exception {
        Rig rig = new Rig(40, Rig.settings(3, 1000));
        Generation first = rig.scheduler.submit(request(prompt(60, 0), 100));
        rig.turns(2);
        Generation big = rig.scheduler.submit(request(prompt(300, 1), 1));
        int before = 0;
        for (int i = 0; i < 400 && ids(read(big)).isEmpty(); i++) {
            rig.scheduler.submit(request(prompt(20, 100 + i), 2)).poll(0);
            rig.turns(1);
            read(first);
            before = i;
        }
        long smallOnes = rig.heard.stream()
                .filter(heard -> heard.startsWith("started 20"))
                .count();
        assertThat(before).as("turns until the big one ran").isLessThan(399);
        assertThat(rig.heard).contains("started 300 cached 0");
        assertThat(rig.heard.subList(0, rig.heard.indexOf("started 300 cached 0")).stream()
                        .filter(heard -> heard.startsWith("started 20"))
                        .count())
                .as("of " + smallOnes + " small ones")
                .isLessThanOrEqualTo(8);
    }
}
