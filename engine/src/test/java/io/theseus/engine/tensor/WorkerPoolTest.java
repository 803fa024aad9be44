package io.theseus.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerPoolTest {
    @Test
    void everyPartRunsOnceInEveryRound() {
        try (WorkerPool pool = new WorkerPool(5)) {
            for (int round = 0; round < 20_000; round++) {
                int count = 1 + round % 13;
                AtomicIntegerArray runs = new AtomicIntegerArray(count);
                pool.run(count, (task, worker) -> runs.incrementAndGet(task));
                for (int task = 0; task < count; task++) {
                    assertThat(runs.get(task)).as("part %d of %d", task, count).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void anExceptionOfAPartIsThrownOnceTheRunningOnesHaveEnded() {
        try (WorkerPool pool = new WorkerPool(3)) {
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> pool.run(20, (task, worker) -> {
                            if (task == 7) {
                                throw new IllegalStateException("seven");
                            }
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("seven");
                AtomicIntegerArray runs = new AtomicIntegerArray(20);
                pool.run(20, (task, worker) -> runs.incrementAndGet(task));
                assertThat(runs.toString()).doesNotContain("0");
            }
        }
    }
}
