package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.tensor.Activations;
import io.theseus.engine.tensor.AttentionTask;
import io.theseus.engine.tensor.ExactMath;
import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.KvBlock;
import io.theseus.engine.tensor.NonFiniteValueException;
import io.theseus.engine.tensor.RotaryRow;
import io.theseus.engine.tensor.Scratch;
import io.theseus.engine.tensor.WorkerPool;
import java.util.List;

/**
 * Embedding, layers, logits: rules 3 to 9 in the order of rule 4, for the rows of a batch at once. Holds the activations, and is used
 * by one thread at a time.
 */
final class ForwardPass {
    /** Most rows of a batch: enough to amortise unpacking a block of weights, few enough for their activations to stay in cache. */
    static final int MAX_ROWS = 64;

    private static final int MAX_LOGIT_ROWS = 16;
    private static final int ATTENTION_TOKENS = 16;

    private final ModelConfig config;
    private final ModelWeights weights;
    private final Kernels kernels;
    private final WorkerPool pool;
    private final RotaryTable rotary;
    private final Scratch[] scratch;
    private final LinearRunner linears;

    private final float[] x; // (rows, hidden): the residual
    private final float[] h; // (rows, hidden): normalised, or an operator's output
    private final float[] q; // (rows, heads * headDim)
    private final float[] k; // (rows, kvHeads * headDim)
    private final float[] v; // (rows, kvHeads * headDim)
    private final float[] a; // (rows, heads * headDim): attention's output
    private final float[] g; // (rows, feedForward)
    private final float[] u; // (rows, feedForward)
    private final float[] logits; // (MAX_LOGIT_ROWS, vocabulary)
    private final Activations hiddenIn;
    private final Activations attentionIn;
    private final Activations feedForwardIn;
    private String stage = "";
    private int layer;
    private LayerObserver observer = (index, rows, residual) -> {};

    /** Sees the residual after the embedding (index -1) and after each layer. */
    @FunctionalInterface
    interface LayerObserver {
        void accept(int layer, int rows, float[] residual);
    }

    ForwardPass(ModelConfig config, ModelWeights weights, Kernels kernels, WorkerPool pool) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.pool = pool;
        this.rotary = new RotaryTable(config.rotary(), config.architecture().pairs());
        this.scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
        this.linears = new LinearRunner(kernels, pool, scratch);
        x = new float[MAX_ROWS * config.hidden()];
        h = new float[MAX_ROWS * config.hidden()];
        q = new float[MAX_ROWS * config.queryWidth()];
        k = new float[MAX_ROWS * config.kvWidth()];
        v = new float[MAX_ROWS * config.kvWidth()];
        a = new float[MAX_ROWS * config.queryWidth()];
        g = new float[MAX_ROWS * config.feedForward()];
        u = new float[MAX_ROWS * config.feedForward()];
        logits = new float[MAX_LOGIT_ROWS * config.vocabulary()];
        hiddenIn = new Activations(MAX_ROWS, config.hidden(), kernels.form());
        attentionIn = new Activations(MAX_ROWS, config.queryWidth(), kernels.form());
        feedForwardIn = new Activations(MAX_ROWS, config.feedForward(), kernels.form());
    }

    void observe(LayerObserver layerObserver) {
        this.observer = layerObserver;
    }

    /** Computes a batch: writes its K and V into the sequences' blocks and hands out the logits wanted. */
    void run(Batch batch) {
        try {
            embed(batch);
            observer.accept(-1, batch.rows(), x);
            for (layer = 0; layer < config.layers(); layer++) {
                LayerWeights w = weights.layers().get(layer);
                attention(batch, w);
                feedForward(batch, w);
                observer.accept(layer, batch.rows(), x);
            }
            logits(batch);
        } catch (NonFiniteValueException e) {
            throw new TheseusException(
                    ErrorCode.NUMERIC_FAULT,
                    "a NaN or an infinity in layer " + layer + ", input of " + stage
                            + "; the model file is damaged, or its values leave the range of the arithmetic",
                    e);
        }
    }

    private void embed(Batch batch) {
        int width = config.hidden();
        int end = 0;
        for (Batch.Span span : batch.spans()) {
            for (int i = 0; i < span.count(); i++) {
                int at = (span.firstRow() + i) * width;
                weights.embedding().row(span.chunk().tokens()[span.firstToken() + i], x, at);
                for (int c = at; c < at + width; c++) {
                    x[c] = ExactMath.wire(x[c]);
                }
            }
            end = Math.max(end, span.firstPosition() + span.count());
        }
        rotary.ensure(end);
    }

    private void attention(Batch batch, LayerWeights w) {
        int rows = batch.rows();
        normalise("attn_norm", rows, w.attentionNorm());
        linears.run(
                hiddenIn,
                new LinearRunner.Output(w.query(), q),
                new LinearRunner.Output(w.key(), k),
                new LinearRunner.Output(w.value(), v));
        stage = "attention";
        forRows(batch, (span, row, position, worker) -> place(w, span, row, position));
        attend(batch);
        stage = "attn_output";
        attentionIn.resize(rows);
        perRow(rows, (row, worker) -> kernels.quantize(a, row * config.queryWidth(), attentionIn, row));
        linears.run(attentionIn, new LinearRunner.Output(w.output(), h));
        int width = config.hidden();
        perRow(rows, (row, worker) -> kernels.add(x, row * width, h, row * width, width));
    }

    /** Rotates and transforms a row's q and k, and stores its k and v. */
    private void place(LayerWeights w, Batch.Span span, int row, int position) {
        int d = config.headDim();
        float eps = config.normEpsilon();
        RotaryRow rotation = rotary.at(position);
        int own = row * config.kvWidth();
        kernels.rotate(q, row * config.queryWidth(), config.heads(), d, w.queryNorm(), eps, rotation);
        kernels.rotate(k, own, config.kvHeads(), d, w.keyNorm(), eps, rotation);
        KvBlock block = span.sequence().block(position / KvBlock.TOKENS);
        kernels.store(block, layer, position % KvBlock.TOKENS, k, v, own);
    }

    private void attend(Batch batch) {
        int group = config.heads() / config.kvHeads();
        int width = config.queryWidth();
        for (Batch.Span span : batch.spans()) {
            KvBlock[] blocks = span.sequence().blocksCovering(span.firstPosition() + span.count());
            int tiles = (span.count() + ATTENTION_TOKENS - 1) / ATTENTION_TOKENS;
            pool.run(tiles * config.kvHeads(), (task, worker) -> {
                // Late tiles see the most positions: start with them, so that the threads end together.
                int first = (tiles - 1 - task / config.kvHeads()) * ATTENTION_TOKENS;
                int kvHead = task % config.kvHeads();
                int at = (span.firstRow() + first) * width + kvHead * group * config.headDim();
                kernels.attention(
                        new AttentionTask(
                                blocks,
                                layer,
                                kvHead,
                                group,
                                span.firstPosition() + first,
                                Math.min(ATTENTION_TOKENS, span.count() - first),
                                q,
                                at,
                                width,
                                a,
                                at,
                                width),
                        scratch[worker]);
            });
        }
    }

    private void feedForward(Batch batch, LayerWeights w) {
        int rows = batch.rows();
        normalise("ffn_norm", rows, w.feedForwardNorm());
        linears.run(hiddenIn, new LinearRunner.Output(w.gate(), g), new LinearRunner.Output(w.up(), u));
        stage = "ffn_down";
        feedForwardIn.resize(rows);
        int width = config.feedForward();
        perRow(rows, (row, worker) -> {
            kernels.gate(g, row * width, u, row * width, width);
            kernels.quantize(g, row * width, feedForwardIn, row);
        });
        linears.run(feedForwardIn, new LinearRunner.Output(w.down(), h));
        perRow(
                rows,
                (row, worker) -> kernels.addWire(x, row * config.hidden(), h, row * config.hidden(), config.hidden()));
    }

    private void normalise(String name, int rows, float[] norm) {
        stage = name;
        int width = config.hidden();
        hiddenIn.resize(rows);
        perRow(rows, (row, worker) -> {
            kernels.rmsNorm(x, row * width, width, norm, config.normEpsilon(), h, row * width);
            kernels.quantize(h, row * width, hiddenIn, row);
        });
    }

    private void logits(Batch batch) {
        stage = "output_norm";
        int width = config.hidden();
        int[] rows = new int[MAX_LOGIT_ROWS];
        Batch.Span[] owners = new Batch.Span[MAX_LOGIT_ROWS];
        int n = 0;
        for (Batch.Span span : batch.spans()) {
            for (int i = span.firstWanted(); i < span.count(); i++) {
                rows[n] = span.firstRow() + i;
                owners[n++] = span;
                if (n == MAX_LOGIT_ROWS) {
                    logits(rows, owners, n, width);
                    n = 0;
                }
            }
        }
        if (n > 0) {
            logits(rows, owners, n, width);
        }
    }

    private void logits(int[] rows, Batch.Span[] owners, int n, int width) {
        hiddenIn.resize(n);
        for (int i = 0; i < n; i++) {
            kernels.rmsNorm(x, rows[i] * width, width, weights.outputNorm(), config.normEpsilon(), h, rows[i] * width);
            kernels.quantize(h, rows[i] * width, hiddenIn, i);
        }
        linears.run(hiddenIn, new LinearRunner.Output(weights.head(), logits));
        int vocabulary = config.vocabulary();
        float[] one = new float[vocabulary];
        for (int i = 0; i < n; i++) {
            System.arraycopy(logits, i * vocabulary, one, 0, vocabulary);
            owners[i].chunk().logits().accept(owners[i].firstToken() + rows[i] - owners[i].firstRow(), one);
        }
    }

    private interface RowBody {
        void run(int row, int worker);
    }

    private interface SpanBody {
        void run(Batch.Span span, int row, int position, int worker);
    }

    private void perRow(int rows, RowBody body) {
        if (rows == 1) {
            body.run(0, 0);
            return;
        }
        int step = Math.max(1, rows / (4 * pool.threads()));
        pool.run((rows + step - 1) / step, (task, worker) -> {
            for (int row = task * step; row < Math.min(rows, task * step + step); row++) {
                body.run(row, worker);
            }
        });
    }

    private void forRows(Batch batch, SpanBody body) {
        List<Batch.Span> spans = batch.spans();
        int[] spanOfRow = new int[batch.rows()];
        for (int s = 0; s < spans.size(); s++) {
            for (int i = 0; i < spans.get(s).count(); i++) {
                spanOfRow[spans.get(s).firstRow() + i] = s;
            }
        }
        perRow(batch.rows(), (row, worker) -> {
            Batch.Span span = spans.get(spanOfRow[row]);
            body.run(span, row, span.firstPosition() + row - span.firstRow(), worker);
        });
    }

    /** Bytes of working memory on the heap. */
    static long workingBytes(ModelConfig c) {
        long perRow = 2L * c.hidden() + 2L * c.queryWidth() + 2L * c.kvWidth() + 2L * c.feedForward();
        long quantised = (long) c.hidden() + c.queryWidth() + c.feedForward();
        return 4 * (MAX_ROWS * (perRow + quantised) + (long) MAX_LOGIT_ROWS * c.vocabulary());
    }
}
