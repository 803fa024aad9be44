package io.theseus.engine.embedding;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.KernelChoice;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.WeightReader;
import io.theseus.engine.tensor.KernelWarmUp;
import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.WorkerPool;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A loaded encoder: text in, vector of length 1 out. The same text has the same bits on any machine, with any number of threads and in
 * any batch. Safe for use by many threads; they take turns.
 */
public final class TextEmbedder implements AutoCloseable {
    /** Tokens of a text that are looked at, [CLS] and [SEP] among them; the sentence models were trained up to here. */
    public static final int MAX_TOKENS = 256;

    /** Tokens of one pass: enough to amortise unpacking the weights, few enough for the activations to stay in cache. */
    private static final int BATCH_TOKENS = 128;

    private final EncoderConfig config;
    private final Tokenizer tokenizer;
    private final EncoderPass pass;
    private final WorkerPool pool;
    private final EncoderWeights weights;
    private byte[] root = {};
    private final ReentrantLock turn = new ReentrantLock();
    private boolean closed; // guarded by turn

    private TextEmbedder(
            EncoderConfig config, Tokenizer tokenizer, EncoderWeights weights, Kernels kernels, WorkerPool pool) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.pool = pool;
        this.weights = weights;
        this.pass = new EncoderPass(
                config, weights, kernels, pool, Math.max(BATCH_TOKENS, Math.min(MAX_TOKENS, config.context())));
    }

    /**
     * Loads the encoder in {@code file}: a GGUF file, a safetensors file or the folder of one. It may be deleted afterwards.
     *
     * @param threads threads for arithmetic; 0 = one per processor
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND}, {@link ErrorCode#MODEL_INVALID}, {@link
     *     ErrorCode#MODEL_UNSUPPORTED} if the file is no encoder this version knows, {@link ErrorCode#IO_FAILED}
     */
    public static TextEmbedder load(Path file, int threads, ModelOptions.Kernel kernel) {
        WorkerPool pool = new WorkerPool(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        try (EncoderFile opened = EncoderFile.open(file)) {
            Kernels kernels = KernelChoice.of(kernel);
            Thread warmUp = KernelWarmUp.start(kernels);
            Tokenizer tokenizer = Tokenizers.from(opened.metadata());
            EncoderConfig config = EncoderConfig.of(opened.metadata(), tokenizer.size());
            WeightReader reader = new WeightReader(opened.tensors(), pool, opened.naming());
            EncoderWeights weights = EncoderWeights.read(reader, config);
            TextEmbedder embedder = new TextEmbedder(config, tokenizer, weights, kernels, pool);
            warmUp.join();
            return embedder;
        } catch (InterruptedException e) {
            pool.close();
            Thread.currentThread().interrupt();
            throw new TheseusException(ErrorCode.CANCELLED, "loading " + file + " was interrupted", e);
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    /** Values of an embedding. */
    public int dimensions() {
        return config.hidden();
    }

    /** Tokens of the longest text that is looked at whole. */
    public int maxTokens() {
        return Math.min(MAX_TOKENS, config.context());
    }

    /** SHA-256 that names this encoder's function; embeddings of different roots must not be compared. Computed once. */
    public synchronized byte[] root() {
        if (root.length == 0) {
            root = EncoderRoot.of(config, weights, tokenizer);
        }
        return root.clone();
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * A text as the encoder reads it.
     *
     * @param ids its tokens between [CLS] and [SEP]
     * @param cut whether the end of the text is missing, since it had more than {@link #maxTokens()}
     */
    public record Reading(int[] ids, boolean cut) {}

    /** The tokens of {@code text} between [CLS] and [SEP], cut to {@link #maxTokens()}; special tokens in it are ordinary text. */
    public int[] ids(String text) {
        return reading(text).ids();
    }

    /** {@code text} as it is read; special tokens in it are ordinary text. */
    public Reading reading(String text) {
        return reading(tokenizer.encode(text, false));
    }

    /** The text with these tokens as it is read; [CLS] and [SEP] are put around them if they are not there. */
    public Reading reading(int[] ids) {
        int cls = tokenizer.bos().orElseThrow();
        int sep = tokenizer.eos().orElseThrow();
        boolean framed = ids.length >= 2 && ids[0] == cls && ids[ids.length - 1] == sep;
        int from = framed ? 1 : 0;
        int all = framed ? ids.length - 2 : ids.length;
        int count = Math.min(all, maxTokens() - 2);
        int[] result = new int[count + 2];
        result[0] = cls;
        System.arraycopy(ids, from, result, 1, count);
        result[count + 1] = sep;
        return new Reading(result, count < all);
    }

    /** The embedding of {@code text}, ({@link #dimensions()}). */
    public float[] embed(String text) {
        return embedIds(List.of(ids(text))).getFirst();
    }

    /** The embeddings of {@code texts} in their order. */
    public List<float[]> embed(List<String> texts) {
        return embedIds(texts.stream().map(this::ids).toList());
    }

    /**
     * The embeddings of texts given as {@link #ids}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for an empty or too long text or an id outside the vocabulary
     */
    public List<float[]> embedIds(List<int[]> texts) {
        texts.forEach(this::check);
        List<float[]> results = new ArrayList<>(texts.size());
        List<int[]> batch = new ArrayList<>();
        int tokens = 0;
        turn.lock();
        try {
            if (closed) {
                throw new TheseusException(ErrorCode.UNAVAILABLE, "the encoder is closed; the node is stopping");
            }
            for (int[] ids : texts) {
                if (!batch.isEmpty() && tokens + ids.length > BATCH_TOKENS) {
                    results.addAll(pass.run(batch));
                    batch.clear();
                    tokens = 0;
                }
                batch.add(ids);
                tokens += ids.length;
            }
            if (!batch.isEmpty()) {
                results.addAll(pass.run(batch));
            }
            return results;
        } finally {
            turn.unlock();
        }
    }

    private void check(int[] ids) {
        if (ids.length == 0 || ids.length > maxTokens()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "a text of " + ids.length + " tokens; expected 1 to " + maxTokens());
        }
        for (int id : ids) {
            if (id < 0 || id >= config.vocabulary()) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, "token id " + id + " is outside the vocabulary of " + config.vocabulary());
            }
        }
    }

    /** Ends the threads, after the texts that are being embedded. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            pool.close();
        } finally {
            turn.unlock();
        }
    }
}
