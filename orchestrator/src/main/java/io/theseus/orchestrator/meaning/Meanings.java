package io.theseus.orchestrator.meaning;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The meaning layer of a node, which is made when somebody first wants it: it needs an encoder, and that may need a download. */
public final class Meanings {
    private static final System.Logger LOG = System.getLogger(Meanings.class.getName());

    /** Time a request waits for the layer; then it is answered without. */
    private static final long PATIENCE_MILLIS = 5000;

    private final Callable<MeaningLayer> opener;
    private final boolean usual;
    private @Nullable CompletableFuture<MeaningLayer> layer; // guarded by this

    /**
     * A layer to be.
     *
     * @param opener makes the layer; called on a thread of its own, and again if it failed
     * @param usual whether requests that do not say are answered by meaning
     */
    public Meanings(Callable<MeaningLayer> opener, boolean usual) {
        this.opener = opener;
        this.usual = usual;
    }

    /** Whether requests that do not say are answered by meaning. */
    public boolean usual() {
        return usual;
    }

    /** Begins to make the layer, unless it is there or being made. */
    public synchronized CompletableFuture<MeaningLayer> begin() {
        CompletableFuture<MeaningLayer> there = layer;
        if (there != null && !there.isCompletedExceptionally()) {
            return there;
        }
        CompletableFuture<MeaningLayer> begun = new CompletableFuture<>();
        layer = begun;
        Thread.ofPlatform().name("theseus-meaning").daemon().start(() -> {
            try {
                begun.complete(opener.call());
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "answers by meaning are off for now cause=" + e.getMessage());
                begun.completeExceptionally(e);
            }
        });
        return begun;
    }

    /** The layer, if it is there or comes soon; without it a request is answered as if nobody wanted it. */
    public Optional<MeaningLayer> soon() throws InterruptedException {
        try {
            return Optional.of(begin().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
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
