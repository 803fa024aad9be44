package io.theseus.engine.embedding;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.LinearRunner;
import io.theseus.engine.tensor.Activations;
import io.theseus.engine.tensor.AttentionTask;
import io.theseus.engine.tensor.Hadamard;
import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.KvBlock;
import io.theseus.engine.tensor.NonFiniteValueException;
import io.theseus.engine.tensor.Scratch;
import io.theseus.engine.tensor.WorkerPool;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts to vectors: rule 15 of docs/numerics.md for the tokens of several texts at once. Holds the activations, and is used by one
 * thread at a time.
 */
final class EncoderPass {
    /*
     * Attention here has no mask, but it is rule 9 all the same: every token asks as if it stood at its text's last position. The
     * kernel lets many query heads look at the same positions of one kv head; given a head's queries of many tokens in that place, it
     * computes an encoder's attention. For that, queries and results lie head by head while it runs.
     */
    private static final int ATTENTION_TOKENS = 16;

    private final EncoderConfig config;
    private final EncoderWeights weights;
    private final Kernels kernels;
    private final WorkerPool pool;
    private final Scratch[] scratch;
    private final LinearRunner linears;
    private final KvBlock.Shape blockShape;
    private final List<KvBlock> blocks = new ArrayList<>(); // grown on demand and kept
    private final int rows;
    private final float[] x; // (rows, hidden): the residual
    private final float[] h; // (rows, hidden): an operator's output
    private final float[] q; // (rows, hidden), then [text][head][token][channel]
    private final float[] k; // (rows, hidden)
    private final float[] v; // (rows, hidden)
    private final float[] a; // [text][head][token][channel]
    private final float[] g; // (rows, feedForward)
    private final Activations hiddenIn;
    private final Activations feedForwardIn;
    private String stage = "";
    private int layer;

    /** A text's place in the batch: rows {@code first .. first + count - 1}, and K and V from block {@code block} on. */
    private record Span(int[] ids, int first, int block) {
        int count() {
            return ids.length;
        }
    }

    EncoderPass(EncoderConfig config, EncoderWeights weights, Kernels kernels, WorkerPool pool, int rows) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.pool = pool;
        this.rows = rows;
        this.scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
        this.linears = new LinearRunner(kernels, pool, scratch);
        this.blockShape = new KvBlock.Shape(1, config.heads(), config.headDim());
        x = new float[rows * config.hidden()];
        h = new float[rows * config.hidden()];
        q = new float[rows * config.hidden()];
        k = new float[rows * config.hidden()];
        v = new float[rows * config.hidden()];
        a = new float[rows * config.hidden()];
        g = new float[rows * config.feedForward()];
        hiddenIn = new Activations(rows, config.hidden(), kernels.form());
        feedForwardIn = new Activations(rows, config.feedForward(), kernels.form());
    }

    /** Tokens that one run takes. */
    int rows() {
        return rows;
    }

    /**
     * The embeddings, (hidden) each, of length 1.
     *
     * @param texts token ids of each text, together at most {@link #rows()}
     */
    List<float[]> run(List<int[]> texts) {
        List<Span> spans = new ArrayList<>();
        int end = 0;
        int block = 0;
        for (int[] ids : texts) {
            spans.add(new Span(ids, end, block));
            end += ids.length;
            block += blocksFor(ids.length);
        }
        while (blocks.size() < block) {
            blocks.add(new KvBlock(blockShape));
        }
        try {
            embed(spans, end);
            for (layer = 0; layer < config.layers(); layer++) {
                EncoderLayer w = weights.layers().get(layer);
                attention(spans, end, w);
                feedForward(end, w);
            }
        } catch (NonFiniteValueException e) {
            throw new TheseusException(
                    ErrorCode.NUMERIC_FAULT,
                    "a NaN or an infinity in layer " + layer + ", input of " + stage
                            + "; the model file is damaged, or its values leave the range of the arithmetic",
                    e);
        }
        return spans.stream()
                .map(span -> Pooling.meanOfLengthOne(x, span.first(), span.count(), config.hidden()))
                .toList();
    }

    private static int blocksFor(int tokens) {
        return (tokens + KvBlock.TOKENS - 1) / KvBlock.TOKENS;
    }

    private void embed(List<Span> spans, int end) {
        int width = config.hidden();
        layer = -1;
        stage = "embedding";
        for (Span span : spans) {
            for (int i = 0; i < span.count(); i++) {
                int at = (span.first() + i) * width;
                weights.tokens().row(span.ids()[i], x, at);
                for (int c = 0; c < width; c++) {
                    x[at + c] = (x[at + c] + weights.type()[c]) + weights.positions()[i * width + c];
                }
            }
        }
        perRow(end, (row, worker) -> norm(row, weights.embeddingNorm()));
    }

    /** Norms a row of the residual in place and makes it the input of the next linear layer. */
    private void norm(int row, Norm norm) {
        int width = config.hidden();
        kernels.layerNorm(x, row * width, width, norm.weight(), norm.bias(), config.normEpsilon(), x, row * width);
    }

    private void attention(List<Span> spans, int end, EncoderLayer w) {
        int width = config.hidden();
        stage = "attn_q";
        hiddenIn.resize(end);
        perRow(end, (row, worker) -> kernels.quantize(x, row * width, hiddenIn, row));
        linears.run(
                hiddenIn,
                new LinearRunner.Output(w.query(), h),
                new LinearRunner.Output(w.key(), k),
                new LinearRunner.Output(w.value(), v));
        stage = "attention";
        Span[] spanOf = new Span[end];
        for (Span span : spans) {
            for (int i = 0; i < span.count(); i++) {
                spanOf[span.first() + i] = span;
            }
        }
        perRow(end, (row, worker) -> place(spanOf[row], row - spanOf[row].first()));
        for (Span span : spans) {
            attend(span);
        }
        stage = "attn_output";
        perRow(end, (row, worker) -> {
            gather(a, spanOf[row], row - spanOf[row].first(), h);
            kernels.quantize(h, row * width, hiddenIn, row);
        });
        linears.run(hiddenIn, new LinearRunner.Output(w.output(), k));
        perRow(end, (row, worker) -> {
            kernels.add(x, row * width, k, row * width, width);
            norm(row, w.attentionNorm());
        });
    }

    /** Where head {@code head} of a text's token lies while attention runs. */
    private int byHead(Span span, int head, int token) {
        return span.first() * config.hidden() + (head * span.count() + token) * config.headDim();
    }

    /** Transforms a token's q and k, stores its k and v, and sorts q by heads. */
    private void place(Span span, int token) {
        int d = config.headDim();
        KvBlock block = blocks.get(span.block() + token / KvBlock.TOKENS);
        for (int head = 0; head < config.heads(); head++) {
            int at = (span.first() + token) * config.hidden() + head * d;
            int to = byHead(span, head, token);
            System.arraycopy(h, at, q, to, d);
            Hadamard.transform(q, to, d);
            Hadamard.transform(k, at, d);
            block.store(0, head, token % KvBlock.TOKENS, k, at, v, at);
        }
    }

    private void gather(float[] from, Span span, int token, float[] to) {
        int d = config.headDim();
        for (int head = 0; head < config.heads(); head++) {
            int at = (span.first() + token) * config.hidden() + head * d;
            System.arraycopy(from, byHead(span, head, token), to, at, d);
        }
    }

    private void attend(Span span) {
        KvBlock[] own = blocks.subList(span.block(), span.block() + blocksFor(span.count()))
                .toArray(KvBlock[]::new);
        int tiles = (span.count() + ATTENTION_TOKENS - 1) / ATTENTION_TOKENS;
        pool.run(tiles * config.heads(), (task, worker) -> {
            int head = task / tiles;
            int first = task % tiles * ATTENTION_TOKENS;
            int at = byHead(span, head, first);
            int queries = Math.min(ATTENTION_TOKENS, span.count() - first);
            kernels.attention(
                    new AttentionTask(own, 0, head, queries, span.count() - 1, 1, q, at, 0, a, at, 0), scratch[worker]);
        });
    }

    private void feedForward(int end, EncoderLayer w) {
        int width = config.hidden();
        int inside = config.feedForward();
        stage = "ffn_up";
        perRow(end, (row, worker) -> kernels.quantize(x, row * width, hiddenIn, row));
        linears.run(hiddenIn, new LinearRunner.Output(w.up(), g));
        stage = "ffn_down";
        feedForwardIn.resize(end);
        perRow(end, (row, worker) -> {
            kernels.gelu(g, row * inside, inside);
            kernels.quantize(g, row * inside, feedForwardIn, row);
        });
        linears.run(feedForwardIn, new LinearRunner.Output(w.down(), h));
        stage = "layer_output_norm";
        perRow(end, (row, worker) -> {
            kernels.add(x, row * width, h, row * width, width);
            norm(row, w.outputNorm());
        });
    }

    private interface RowBody {
        void run(int row, int worker);
    }

    private void perRow(int count, RowBody body) {
        int step = Math.max(1, count / (4 * pool.threads()));
        pool.run((count + step - 1) / step, (task, worker) -> {
            for (int row = task * step; row < Math.min(count, task * step + step); row++) {
                body.run(row, worker);
            }
        });
    }
}
