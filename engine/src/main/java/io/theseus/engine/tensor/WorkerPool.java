package io.theseus.engine.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the parts of one operation on a fixed set of platform threads, the caller among them.
 *
 * <p>Waiting threads spin for a few tens of microseconds, about the length of one layer's operation, and then park: a machine that is
 * busy with something else loses in proportion, not all. One caller at a time.
 */
public final class WorkerPool implements AutoCloseable {
    private static final int SPINS = 2_000;

    private final Worker[] workers;
    private final AtomicInteger nextTask = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile int round;
    private volatile boolean closed;
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Throwable fault;
    private Task body = (task, worker) -> {};
    private int tasks;

    /** Part {@code task} of an operation, run by thread {@code worker} in 0..threads-1. */
    @FunctionalInterface
    public interface Task {
        void run(int task, int worker);
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
     * thrown here after the others have ended.
     */
    public void run(int count, Task body) {
        if (workers.length == 0 || count == 1) {
            for (int i = 0; i < count; i++) {
                body.run(i, 0);
            }
            return;
        }
        this.body = body;
        this.tasks = count;
        this.fault = null;
        nextTask.set(0);
        busy.set(workers.length);
        round++; // publishes the fields above
        for (Worker worker : workers) {
            worker.wake();
        }
        work(0);
        awaitWorkers();
        Throwable thrown = fault;
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
    }

    private void work(int worker) {
        try {
            for (int i = nextTask.getAndIncrement(); i < tasks; i = nextTask.getAndIncrement()) {
                body.run(i, worker);
            }
        } catch (RuntimeException | Error e) {
            fault = e;
            nextTask.set(Integer.MAX_VALUE / 2);
        }
    }

    private void awaitWorkers() {
        for (int i = 0; i < SPINS; i++) {
            if (busy.get() == 0) {
                return;
            }
            Thread.onSpinWait();
        }
        waiting = Thread.currentThread();
        while (busy.get() != 0) {
            LockSupport.park(this);
        }
        waiting = null;
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
            int seen = 0;
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
                work(index);
                if (busy.decrementAndGet() == 0) {
                    Thread caller = waiting;
                    if (caller != null) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }
    }
}
