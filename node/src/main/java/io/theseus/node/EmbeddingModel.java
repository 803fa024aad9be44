package io.theseus.node;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.models.FetchListener;
import io.theseus.node.models.ModelFetcher;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The model that makes embeddings. It is fetched and loaded by whoever needs it first; the others wait. */
public final class EmbeddingModel implements AutoCloseable {
    /** A sentence is too little work for more. */
    private static final int MOST_THREADS = 4;

    private final String id;
    private final long createdEpochSeconds;
    private final Opener opener;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable TextEmbedder loaded;
    private boolean closed; // guarded by loading

    /** Gets the model; it may take as long as a download. */
    @FunctionalInterface
    public interface Opener {
        TextEmbedder open() throws InterruptedException;
    }

    /**
     * A model that is loaded later.
     *
     * @param id the name requests use
     * @param createdEpochSeconds since when it is served, seconds since 1970
     */
    public EmbeddingModel(String id, long createdEpochSeconds, Opener opener) {
        this.id = id;
        this.createdEpochSeconds = createdEpochSeconds;
        this.opener = opener;
    }

    /** The one that {@code config} names, if any. */
    public static Optional<EmbeddingModel> of(NodeConfig config, InstantSource clock) {
        return config.meaning()
                .embeddingModel()
                .map(name -> new EmbeddingModel(
                        shortName(name), clock.instant().getEpochSecond(), () -> open(name, config, clock)));
    }

    /** The one in {@code file}. */
    public static EmbeddingModel of(NodeConfig config, InstantSource clock, Path file) {
        return new EmbeddingModel(
                shortName(file.toString()), clock.instant().getEpochSecond(), () -> load(file, config));
    }

    private static TextEmbedder open(String name, NodeConfig config, InstantSource clock) throws InterruptedException {
        return load(new ModelFetcher(config, clock).resolve(name, FetchListener.NONE), config);
    }

    private static TextEmbedder load(Path file, NodeConfig config) {
        int threads = config.engine().threads().orElse(Runtime.getRuntime().availableProcessors());
        return TextEmbedder.load(
                file,
                Math.min(threads, MOST_THREADS),
                ModelLoader.options(config.engine()).kernel());
    }

    /** What people would call the model at a path or an address: its last part without an ending. */
    private static String shortName(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return last.isEmpty() ? name : last.replaceFirst("\\.(gguf|safetensors)$", "");
    }

    public String id() {
        return id;
    }

    public long createdEpochSeconds() {
        return createdEpochSeconds;
    }

    /**
     * The model, loaded.
     *
     * @throws TheseusException if it cannot be had; the next call tries again
     */
    public TextEmbedder embedder() throws InterruptedException {
        TextEmbedder there = loaded;
        if (there != null) {
            return there;
        }
        loading.lockInterruptibly();
        try {
            TextEmbedder found = loaded;
            if (found == null) {
                if (closed) {
                    throw new TheseusException(ErrorCode.UNAVAILABLE, "the node is stopping");
                }
                found = opener.open();
                loaded = found;
            }
            return found;
        } finally {
            loading.unlock();
        }
    }

    @Override
    public void close() {
        loading.lock();
        try {
            closed = true;
            TextEmbedder there = loaded;
            if (there != null) {
                there.close();
            }
        } finally {
            loading.unlock();
        }
    }
}
