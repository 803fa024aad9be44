package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.tensor.KernelWarmUp;
import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.KvBlock;
import io.theseus.engine.tensor.WorkerPool;
import java.util.List;

/**
 * A model ready to compute: weights in memory, a bounded pool of KV state, threads. Steps are taken by one thread at a time.
 *
 * <p>The same file and the same tokens give the same bits, whatever the options, the batch, the machine (docs/numerics.md).
 */
public final class LanguageModel implements StepModel {
    /** Names the arithmetic: two engines of this id give the same bits (docs/numerics.md, rule 12). */
    public static final String ENGINE_ID = "theseus-numerics 1";

    private final ModelConfig config;
    private final int contextLength;
    private final WorkerPool workers;
    private final KvPool kv;
    private final ForwardPass forward;
    private final ModelWeights weights;
    private final String kernelName;
    private final GgufMetadata metadata;
    private byte[] modelRoot = {};

    private LanguageModel(
            ModelConfig config,
            ModelOptions options,
            WorkerPool workers,
            ModelWeights weights,
            Kernels kernels,
            GgufMetadata metadata) {
        this.config = config;
        this.workers = workers;
        this.weights = weights;
        this.kernelName = kernels.toString();
        this.metadata = metadata;
        KvBlock.Shape shape = new KvBlock.Shape(config.layers(), config.kvHeads(), config.headDim());
        int blocks = (int) Math.min(1 << 24, options.kvBytes() / shape.bytes());
        if (blocks == 0) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "KV memory of " + options.kvBytes() + " bytes holds not even one block of " + shape.bytes()
                            + " bytes; raise kv-memory");
        }
        this.kv = new KvPool(shape, blocks);
        int wanted = options.contextLength() == 0 ? config.context() : options.contextLength();
        if (wanted > config.context()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "context of " + wanted + " tokens asked for, but the model was made for " + config.context());
        }
        this.contextLength = (int) Math.min(wanted, (long) blocks * KvBlock.TOKENS);
        this.forward = new ForwardPass(config, weights, kernels, workers);
    }

    /**
     * Packs the weights of {@code file} into memory. The file may be closed afterwards.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID}, {@link ErrorCode#MODEL_UNSUPPORTED}, or {@link ErrorCode#BAD_INPUT} for
     *     options that do not fit the model
     */
    public static LanguageModel load(GgufFile file, ModelOptions options) {
        ModelConfig config = ModelConfig.of(file);
        Kernels kernels = KernelChoice.of(options.kernel());
        WorkerPool workers = new WorkerPool(options.effectiveThreads());
        try {
            Thread warmUp = KernelWarmUp.start(kernels);
            ModelWeights weights = ModelWeights.load(file, config, workers);
            LanguageModel model = new LanguageModel(config, options, workers, weights, kernels, file.metadata());
            awaitQuietly(warmUp);
            return model;
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
    }

    private static void awaitQuietly(Thread warmUp) {
        try {
            warmUp.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the model is whole; the caller decides what its interruption means
        }
    }

    public ModelConfig config() {
        return config;
    }

    /** Which implementation computes, for logs. */
    public String kernelName() {
        return kernelName;
    }

    /** Threads that compute. */
    public int threads() {
        return workers.threads();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int vocabularySize() {
        return config.vocabulary();
    }

    @Override
    public int blockTokens() {
        return KvBlock.TOKENS;
    }

    @Override
    public int freeBlocks() {
        return kv.available();
    }

    @Override
    public int totalBlocks() {
        return kv.capacity();
    }

    @Override
    public Sequence newSequence() {
        return new KvSequence(kv);
    }

    @Override
    public void step(List<Chunk> chunks) {
        int blocks = 0;
        for (Chunk chunk : chunks) {
            check(chunk);
            blocks += ((KvSequence) chunk.sequence()).blocksToGrow(chunk.tokens().length);
        }
        if (blocks > kv.available()) {
            throw new TheseusException(
                    ErrorCode.BUSY,
                    "the step needs " + blocks + " KV blocks and " + kv.available()
                            + " are free; try again later or raise kv-memory");
        }
        for (Chunk chunk : chunks) {
            ((KvSequence) chunk.sequence()).reserve(chunk.tokens().length);
        }
        for (Batch batch : Batch.of(chunks, ForwardPass.MAX_ROWS)) {
            forward.run(batch);
            for (Batch.Span span : batch.spans()) {
                span.sequence().advance(span.count());
            }
        }
    }

    private void check(Chunk chunk) {
        KvSequence sequence = (KvSequence) chunk.sequence();
        if (sequence.closed()) {
            throw new TheseusException(ErrorCode.INTERNAL, "a step with a closed sequence");
        }
        if (chunk.tokens().length == 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "a chunk without tokens");
        }
        if (chunk.tokens().length > contextLength - sequence.length()) {
            throw new TheseusException(
                    ErrorCode.CONTEXT_OVERFLOW,
                    (long) sequence.length() + chunk.tokens().length + " tokens do not fit the context of "
                            + contextLength);
        }
        for (int token : chunk.tokens()) {
            if (token < 0 || token >= config.vocabulary()) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "token id " + token + " is outside the vocabulary of " + config.vocabulary());
            }
        }
    }

    /**
     * SHA-256 that names this model's function: weights as the arithmetic uses them, configuration, tokenizer. Takes about a second
     * per GB; computed once.
     */
    public synchronized byte[] modelRoot() {
        if (modelRoot.length == 0) {
            modelRoot = ModelRoot.of(config, weights, metadata);
        }
        return modelRoot.clone();
    }

    /** SHA-256 over the sequence's canonical state: equal on every machine that computed or fetched the same tokens' state. */
    public byte[] stateRoot(Sequence sequence) {
        return KvState.root((KvSequence) sequence);
    }

    /** Canonical bytes of one position's state. */
    public int stateBytesPerToken() {
        return KvState.bytesPerPosition(kv.shape());
    }

    /**
     * The state of positions {@code from} to {@code to - 1} as canonical bytes.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if the sequence does not hold them
     */
    public byte[] exportState(Sequence sequence, int from, int to) {
        return KvState.export((KvSequence) sequence, from, to);
    }

    @Override
    public byte[] exportState(Block block) {
        return KvState.export(((KvSequence.Held) block).block().data());
    }

    /**
     * Appends exported state to a sequence. Whether it belongs there is for the caller to know: compare {@link #stateRoot}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for bytes that no export gives, {@link ErrorCode#BUSY} without free blocks,
     *     {@link ErrorCode#CONTEXT_OVERFLOW} beyond the context; the sequence is then unchanged
     */
    @Override
    public void importState(Sequence sequence, byte[] bytes) {
        KvSequence own = (KvSequence) sequence;
        int count = bytes.length / stateBytesPerToken();
        if (count > contextLength - own.length()) {
            throw new TheseusException(
                    ErrorCode.CONTEXT_OVERFLOW,
                    (long) own.length() + count + " tokens do not fit the context of " + contextLength);
        }
        if (own.blocksToGrow(count) > kv.available()) {
            throw new TheseusException(
                    ErrorCode.BUSY,
                    "a state of " + count + " tokens needs more KV blocks than the " + kv.available() + " free");
        }
        KvState.restore(own, bytes);
    }

    /** Sees the residual after the embedding and each layer of every batch, for golden tests. */
    void observe(ForwardPass.LayerObserver observer) {
        forward.observe(observer);
    }

    ModelWeights weights() {
        return weights;
    }

    @Override
    public void close() {
        workers.close();
    }
}
