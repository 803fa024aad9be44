package io.theseus.engine.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the parts of one operation on a fixed set of platform threads, the caller among them.
 *
 * <p>The caller waits for parts, not for threads: a thread that another program keeps from running is missed, but never waited for
 * unless it holds a part. Waiting threads spin for a few tens of microseconds, about the length of one layer's operation, and then park.
 * So a machine that is busy with something else loses in proportion, not all. One caller at a time.
 */
public final class WorkerPool implements AutoCloseable {
    private static final int SPINS = 2_000;

    private final Worker[] workers;
    private volatile Round round = new Round(0, (task, worker) -> {});
    private volatile boolean closed;

    /** Part {@code task} of an operation, run by thread {@code worker} in 0..threads-1. */
    @FunctionalInterface
    public interface Task {
        void run(int task, int worker);
    }

    /** One operation. A thread that comes late finds nothing left to take, and can harm no later one. */
    private static final class Round {
        private final int tasks;
        private final Task body;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile @Nullable Throwable fault;
        private volatile @Nullable Thread waiting;

        Round(int tasks, Task body) {
            this.tasks = tasks;
            this.body = body;
        }

        void work(int worker) {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    if (fault == null) {
                        body.run(i, worker);
                    }
                } catch (RuntimeException | Error e) {
                    fault = e;
                }
                if (done.incrementAndGet() == tasks) {
                    Thread caller = waiting;
                    if (caller != null) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        void await() {
            for (int i = 0; i < SPINS; i++) {
                if (done.get() == tasks) {
                    return;
                }
                Thread.onSpinWait();
            }
            waiting = Thread.currentThread();
            while (done.get() != tasks) {
                LockSupport.park(this);
            }
        }
    }

    /** A pool of {@code threads} in all; 1 means the caller alone. */
    public WorkerPool(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code body} for 0..count-1, in any order and on any thread, and returns when all are done. An exception of any part is
     * thrown here after the running ones have ended; parts that had not begun are left out.
     */
    public void run(int count, Task body) {
        if (workers.length == 0 || count == 1) {
            for (int i = 0; i < count; i++) {
                body.run(i, 0);
            }
            return;
        }
        Round own = new Round(count, body);
        round = own;
        for (int i = 0; i < Math.min(workers.length, count - 1); i++) {
            workers[i].wake();
        }
        own.work(0);
        own.await();
        Throwable thrown = own.fault;
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private final class Worker extends Thread {
        private final int index;
        private volatile boolean parked;

        Worker(int index) {
            super("theseus-math-" + index);
            this.index = index;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            Round seen = round;
            while (true) {
                for (int i = 0; i < SPINS && round == seen && !closed; i++) {
                    Thread.onSpinWait();
                }
                parked = true;
                while (round == seen && !closed) {
                    LockSupport.park(WorkerPool.this);
                }
                parked = false;
                if (closed) {
                    return;
                }
                seen = round;
                seen.work(index);
            }
        }
    }
}
