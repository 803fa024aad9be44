package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: whoever is there shares the next step of the model, and may come and go between any two steps. Answers do not
 * depend on the company they keep, because the model's arithmetic is exact.
 *
 * <p>One platform thread owns the model and everything that {@link EngineLoop} holds; callers only meet it in the list of arrivals
 * and in their own {@link EventChannel}.
 *
 * <p>Source: iteration-level scheduling: G. Yu et al., "Orca: A Distributed Serving System for Transformer-Based Generative Models",
 * OSDI 2022.
 */
public final class BatchScheduler implements InferenceEngine {
    private static final System.Logger LOG = System.getLogger(BatchScheduler.class.getName());

    private static final long LONGEST_GRACE_MILLIS = TimeUnit.DAYS.toMillis(365);

    /** What a turn came to. */
    enum Turn {
        WORKED,
        NOTHING_TO_DO,
        CLOSED
    }

    private final StepModel model;
    private final Tokenizer tokenizer;
    private final SchedulerSettings settings;
    private final LongSupplier nanoTime;
    private final int contextLength;
    private final QueueBounds queue;
    private final EngineLoop loop;

    private final Object lock = new Object();
    private final ArrayDeque<Answer> arrivals = new ArrayDeque<>(); // guarded by lock
    private long nextArrival; // guarded by lock
    private boolean stopping; // guarded by lock
    private long cutAt; // guarded by lock
    private boolean closed; // guarded by lock
    private @Nullable TheseusException broken; // guarded by lock
    private volatile Load load;
    private volatile boolean woken;
    private volatile @Nullable Thread thread;

    /** For {@link #start}, and for tests that take the turns themselves. */
    BatchScheduler(
            StepModel model,
            Tokenizer tokenizer,
            SchedulerSettings settings,
            SchedulerListener listener,
            StateStore store,
            LongSupplier nanoTime) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.nanoTime = nanoTime;
        contextLength = (int) Math.min(model.contextLength(), (long) model.totalBlocks() * model.blockTokens());
        queue = new QueueBounds(settings);
        loop = new EngineLoop(model, settings, listener, ReuseForecast.RECENT, store, this::wake, nanoTime, queue);
        load = loop.load();
    }

    /**
     * An engine on a thread of its own.
     *
     * @param model used by that thread alone from now on; it stays open when the engine shuts down
     * @param tokenizer of the same model
     */
    public static BatchScheduler start(
            StepModel model, Tokenizer tokenizer, SchedulerSettings settings, SchedulerListener listener) {
        return start(model, tokenizer, settings, listener, StateStore.NONE);
    }

    /**
     * An engine on a thread of its own, with states kept beyond its memory.
     *
     * @param model used by that thread alone from now on; it stays open when the engine shuts down
     * @param tokenizer of the same model
     * @param store for states of this model; it stays open
     */
    public static BatchScheduler start(
            StepModel model,
            Tokenizer tokenizer,
            SchedulerSettings settings,
            SchedulerListener listener,
            StateStore store) {
        BatchScheduler scheduler = new BatchScheduler(model, tokenizer, settings, listener, store, System::nanoTime);
        Thread thread = Thread.ofPlatform().name("engine").daemon().unstarted(scheduler::run);
        scheduler.thread = thread;
        thread.start();
        return scheduler;
    }

    @Override
    public Generation submit(GenerationRequest request) {
        return submit(List.of(request)).getFirst();
    }

    @Override
    public List<Generation> submit(List<GenerationRequest> requests) {
        requests.forEach(this::check);
        if (requests.size() > settings.maxWaiting()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    requests.size() + " answers at once, but the queue holds " + settings.maxWaiting()
                            + "; ask for fewer");
        }
        long submittedAt = nanoTime.getAsLong();
        List<Generation> generations = new ArrayList<>();
        synchronized (lock) {
            if (broken != null) {
                throw new TheseusException(ErrorCode.UNAVAILABLE, "the engine is broken; restart the node", broken);
            }
            if (stopping) {
                throw new TheseusException(ErrorCode.UNAVAILABLE, "the node is shutting down; ask another one");
            }
            queue.enter(
                    requests.size(),
                    requests.stream()
                            .mapToLong(request -> request.prompt().length)
                            .sum());
            for (GenerationRequest request : requests) {
                EventChannel channel = new EventChannel(settings.channelCapacity(), this::wake);
                arrivals.add(new Answer(nextArrival++, request, channel, tokenizer, contextLength, submittedAt));
                generations.add(channel);
            }
        }
        wake();
        return generations;
    }

    private void check(GenerationRequest request) {
        int length = request.prompt().length;
        if (length > contextLength || length == contextLength && request.maxTokens() > 0) {
            throw new TheseusException(
                    ErrorCode.CONTEXT_OVERFLOW,
                    "the prompt has " + length + " tokens, but prompt and answer together may have " + contextLength
                            + "; shorten the prompt, or give the node more context or KV memory");
        }
        for (int id : request.prompt()) {
            checkId("prompt token", id);
        }
        for (int id : request.sampling().logitBias().keySet()) {
            checkId("logit_bias token", id);
        }
    }

    private void checkId(String what, int id) {
        if (id < 0 || id >= model.vocabularySize()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    what + " " + id + " is not in the vocabulary of " + model.vocabularySize() + " tokens");
        }
    }

    private void run() {
        while (true) {
            switch (turn()) {
                case WORKED -> {}
                case NOTHING_TO_DO -> park();
                case CLOSED -> {
                    return;
                }
            }
        }
    }

    /** One turn of the engine's thread. */
    Turn turn() {
        try {
            woken = false;
            long now = nanoTime.getAsLong();
            boolean last;
            synchronized (lock) {
                arrivals.forEach(loop::enqueue);
                arrivals.clear();
                last = stopping && (loop.idle() || now >= cutAt);
            }
            if (last) {
                loop.cut(now);
                close(null);
                return Turn.CLOSED;
            }
            boolean worked = loop.turn();
            load = loop.load();
            return worked ? Turn.WORKED : Turn.NOTHING_TO_DO;
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "engine stopped cause=" + e, e);
            close(
                    e instanceof TheseusException known
                            ? known
                            : new TheseusException(
                                    ErrorCode.INTERNAL, "the engine stopped with " + e + "; restart the node", e));
            return Turn.CLOSED;
        }
    }

    private void close(@Nullable TheseusException cause) {
        synchronized (lock) {
            stopping = true;
            closed = true;
            broken = cause;
            if (cause != null) {
                arrivals.forEach(loop::enqueue);
                arrivals.clear();
                loop.abandon(cause);
            }
            lock.notifyAll();
        }
        load = loop.load();
    }

    private void park() {
        long now = nanoTime.getAsLong();
        long due = loop.nextDue(now);
        synchronized (lock) {
            due = stopping ? Math.min(due, cutAt) : due;
        }
        // The flag, because locks and the model's own waiting may use up a permit that was meant for here.
        if (!woken && due > now) {
            LockSupport.parkNanos(this, due - now);
        }
    }

    private void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public boolean healthy() {
        synchronized (lock) {
            return !stopping;
        }
    }

    @Override
    public Load load() {
        Load last = load;
        return new Load(
                last.running(),
                last.waiting() + queue.requests(),
                last.usedBlocks(),
                last.totalBlocks(),
                last.promptTokens(),
                last.cachedTokens(),
                last.generatedTokens(),
                last.preemptions());
    }

    @Override
    public void shutdown(long graceMillis) {
        beginShutdown(graceMillis);
        boolean interrupted = false;
        synchronized (lock) {
            while (!closed && thread != null) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // The answers must not outlive the engine: cut them now rather than leave them.
                    interrupted = true;
                    cutAt = nanoTime.getAsLong();
                    wake();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no more requests, and lets the engine's thread end the rest. */
    void beginShutdown(long graceMillis) {
        long end =
                nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(Math.clamp(graceMillis, 0, LONGEST_GRACE_MILLIS));
        synchronized (lock) {
            cutAt = stopping ? Math.min(cutAt, end) : end;
            stopping = true;
        }
        wake();
    }
}
