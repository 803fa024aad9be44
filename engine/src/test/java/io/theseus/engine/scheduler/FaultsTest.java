package io.theseus.engine.scheduler;

import static io.theseus.engine.scheduler.Rig.failed;
import static io.theseus.engine.scheduler.Rig.finished;
import static io.theseus.engine.scheduler.Rig.ids;
import static io.theseus.engine.scheduler.Rig.prompt;
import static io.theseus.engine.scheduler.Rig.read;
import static io.theseus.engine.scheduler.Rig.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One request's fault is its own. */
class FaultsTest {
    private static final int POISON = 21;

    private static void poison(Chunk chunk) {
        if (Arrays.stream(chunk.tokens()).anyMatch(token -> token == POISON)) {
            throw new TheseusException(ErrorCode.NUMERIC_FAULT, "layer 3: NaN");
        }
    }

    @Test
    void aNumericFaultFailsOnlyTheRequestThatCausesIt() throws Exception {
        Rig rig = Rig.plain();
        rig.model.inStep = FaultsTest::poison;
        List<Generation> healthy = new ArrayList<>();
        healthy.add(rig.scheduler.submit(request(prompt(30, 1), 20)));
        rig.turns(2);
        Generation sick = rig.scheduler.submit(request(new int[] {5, 6, POISON, 7}, 20));
        healthy.add(rig.scheduler.submit(request(prompt(40, 2), 20)));
        rig.drain();
        assertThat(failed(read(sick)).cause().code()).isEqualTo(ErrorCode.NUMERIC_FAULT);
        List<Integer> first = rig.alone(request(prompt(30, 1), 20));
        assertThat(first).as("the test's own premise").doesNotContain(POISON);
        assertThat(ids(read(healthy.get(0)))).isEqualTo(first);
        assertThat(ids(read(healthy.get(1)))).isEqualTo(rig.alone(request(prompt(40, 2), 20)));
        assertThat(rig.scheduler.healthy()).isTrue();
        rig.scheduler.beginShutdown(0);
        rig.turns(1);
        assertThat(rig.model.freeBlocks()).isEqualTo(2000);
    }

    @Test
    void anErrorInTheModelFailsWhoCausesItAndTheEngineGoesOn() throws Exception {
        Rig rig = Rig.plain();
        rig.model.beforeStep = chunks -> {
            if (chunks.stream().anyMatch(chunk -> chunk.tokens()[0] == POISON)) {
                throw new OutOfMemoryError("injected");
            }
        };
        Generation sick = rig.scheduler.submit(request(new int[] {POISON, 7}, 20));
        Generation healthy = rig.scheduler.submit(request(prompt(40, 2), 20));
        rig.drain();
        TheseusException cause = failed(read(sick)).cause();
        assertThat(cause.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(cause).hasMessageContaining("injected");
        assertThat(ids(read(healthy))).isEqualTo(rig.alone(request(prompt(40, 2), 20)));
        assertThat(rig.scheduler.healthy()).isTrue();
    }

    @Test
    void aModelThatAlwaysFailsMakesTheEngineUnhealthy() throws Exception {
        Rig rig = Rig.plain();
        Generation early = rig.scheduler.submit(request(prompt(30, 1), 100));
        rig.turns(3);
        rig.model.beforeStep = chunks -> {
            throw new IllegalStateException("the threads are gone");
        };
        Generation next = rig.scheduler.submit(request(prompt(30, 2), 5));
        rig.turns(1);
        assertThat(failed(read(early)).cause()).hasMessageContaining("the threads are gone");
        assertThat(failed(read(next)).cause()).hasMessageContaining("the threads are gone");
        assertThat(rig.scheduler.healthy()).isTrue();
        rig.scheduler.submit(request(prompt(30, 3), 5));
        rig.turns(1);
        rig.scheduler.submit(request(prompt(30, 4), 5));
        assertThat(rig.scheduler.turn()).isEqualTo(BatchScheduler.Turn.CLOSED);
        assertThat(rig.scheduler.healthy()).isFalse();
        assertThatThrownBy(() -> rig.scheduler.submit(request(prompt(30, 5), 5)))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("restart");
        rig.scheduler.shutdown(1000);
    }

    @Test
    void aModelThatSaysBusyAgainstItsOwnCountIsBelieved() throws Exception {
        Rig rig = Rig.plain();
        Generation first = rig.scheduler.submit(request(prompt(30, 1), 30));
        Generation second = rig.scheduler.submit(request(prompt(30, 2), 30));
        rig.turns(4);
        int[] left = {1};
        rig.model.beforeStep = chunks -> {
            if (left[0]-- > 0) {
                throw new TheseusException(ErrorCode.BUSY, "injected");
            }
        };
        rig.drain();
        assertThat(ids(read(first))).isEqualTo(rig.alone(request(prompt(30, 1), 30)));
        assertThat(ids(read(second))).isEqualTo(rig.alone(request(prompt(30, 2), 30)));
        assertThat(rig.scheduler.load().preemptions()).isEqualTo(1);

        Generation alone = rig.scheduler.submit(request(prompt(30, 3), 30));
        rig.model.beforeStep = chunks -> {
            throw new TheseusException(ErrorCode.BUSY, "injected for good");
        };
        rig.drain();
        assertThat(failed(read(alone)).cause()).hasMessageContaining("injected for good");
    }

    @Test
    void logitsThatAreNoNumbersFailTheirOwnRequest() throws Exception {
        Rig rig = Rig.plain();
        Generation sick = rig.scheduler.submit(request(prompt(30, 1), 30));
        Generation healthy = rig.scheduler.submit(request(prompt(100, 2), 3));
        rig.model.spoilLogitsAfter = 33;
        rig.drain();
        List<GenerationEvent> events = read(sick);
        assertThat(failed(events).cause().code()).isEqualTo(ErrorCode.NUMERIC_FAULT);
        assertThat(ids(events)).isEqualTo(rig.alone(request(prompt(30, 1), 3)));
        assertThat(ids(read(healthy))).isEqualTo(rig.alone(request(prompt(100, 2), 3)));
    }

    @Test
    void finishedIsNotFollowedByAnythingElse() throws Exception {
        Rig rig = Rig.plain();
        Generation generation = rig.scheduler.submit(request(prompt(30, 1), 3));
        rig.drain();
        GenerationEvent end = finished(read(generation));
        generation.cancel();
        rig.turns(2);
        assertThat(generation.next()).isSameAs(end);
    }
}
