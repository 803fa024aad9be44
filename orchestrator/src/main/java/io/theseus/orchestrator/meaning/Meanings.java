package io.theseus.orchestrator.meaning;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The meaning layer of a node, which is made when somebody first wants it: it needs an encoder, and that may need a download. */
public final class Meanings {
    private static final System.Logger LOG = System.getLogger(Meanings.class.getName());

    /** Time that requests wait for a layer that is being made, counted from its beginning; after that they are answered without. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Time after a failure before it is tried again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Callable<MeaningLayer> opener;
    private final boolean usual;
    private final LongSupplier nanoTime;
    private @Nullable CompletableFuture<MeaningLayer> layer; // guarded by this
    private long begun; // guarded by this

    /**
     * A layer to be.
     *
     * @param opener makes the layer; called on a thread of its own, and again some time after it failed
     * @param usual whether requests that do not say are answered by meaning
     */
    public Meanings(Callable<MeaningLayer> opener, boolean usual) {
        this(opener, usual, System::nanoTime);
    }

    Meanings(Callable<MeaningLayer> opener, boolean usual, LongSupplier nanoTime) {
        this.opener = opener;
        this.usual = usual;
        this.nanoTime = nanoTime;
    }

    /** Whether requests that do not say are answered by meaning. */
    public boolean usual() {
        return usual;
    }

    /** Begins to make the layer, unless it is there, being made, or failed just now. */
    public synchronized CompletableFuture<MeaningLayer> begin() {
        CompletableFuture<MeaningLayer> there = layer;
        long now = nanoTime.getAsLong();
        if (there != null && (!there.isCompletedExceptionally() || now - begun < PAUSE_NANOS)) {
            return there;
        }
        CompletableFuture<MeaningLayer> begins = new CompletableFuture<>();
        layer = begins;
        begun = now;
        Thread.ofPlatform().name("theseus-meaning").daemon().start(() -> {
            try {
                begins.complete(opener.call());
            } catch (Exception | Error e) {
                LOG.log(System.Logger.Level.WARNING, "answers by meaning are off for now cause=" + e.getMessage());
                begins.completeExceptionally(e);
            }
        });
        return begins;
    }

    /** The layer, if it is there or comes soon; without it a request is answered as if nobody wanted it. */
    public Optional<MeaningLayer> soon() throws InterruptedException {
        CompletableFuture<MeaningLayer> coming;
        long left;
        synchronized (this) {
            coming = begin();
            left = PATIENCE_NANOS - (nanoTime.getAsLong() - begun);
        }
        try {
            return Optional.of(coming.get(Math.max(0, left), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        }
    }

    /** The layer, if it is there. */
    public synchronized Optional<MeaningLayer> ready() {
        CompletableFuture<MeaningLayer> there = layer;
        return there != null && there.state() == Future.State.SUCCESS
                ? Optional.of(there.resultNow())
                : Optional.empty();
    }
}
