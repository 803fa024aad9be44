package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.VectorShapes.BYTES;
import static io.theseus.engine.tensor.VectorShapes.DOUBLES;
import static io.theseus.engine.tensor.VectorShapes.FLOATS;
import static io.theseus.engine.tensor.VectorShapes.HALF_FLOATS;
import static io.theseus.engine.tensor.VectorShapes.LANES;
import static io.theseus.engine.tensor.VectorShapes.TILE_ROWS;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Rule 9 on vectors. */
final class VectorAttention {
    /*
     * All queries of a task (tokens x heads of one kv head) go through the state together, in tiles of four like the tokens of a
     * linear layer, and by the same inner product: first positions are the rows and channels the columns (q . k), then channels are
     * the rows and positions the columns (the weighted sum of V). So each byte of state is unpacked once per task. Queries of earlier
     * tokens see positions that do not exist for them; their weights there are set to zero, which no exact sum notices.
     */
    private static final double DOUBLE_ROUND = 0x1.8p52;

    private final AttentionTask task;
    private final Scratch scratch;
    private final int d;
    private final int queries; // tokens * groupSize
    private final int tiles; // of four queries
    private final int positions; // that the last token sees
    private final int stride; // positions rounded up to whole KV blocks
    private final float[] panel; // [tile][channel][4]
    private final float[] queryScales; // [query]
    private final float[] scores; // [query][stride]: z, then p, then w of rule 9
    private final float[] weights; // [block of 32][tile][position in block][4]: u of rule 9
    private final float[] blockScales; // [block of 32][query]: 2^(e_b - low)
    private final double[] factors; // [query]: 0 where the result is zero

    private VectorAttention(AttentionTask task, Scratch scratch) {
        this.task = task;
        this.scratch = scratch;
        d = task.headDim();
        queries = task.tokens() * task.groupSize();
        tiles = (queries + Activations.TILE - 1) / Activations.TILE;
        positions = task.firstPosition() + task.tokens();
        stride = (positions + KvBlock.TOKENS - 1) / KvBlock.TOKENS * KvBlock.TOKENS;
        int padded = tiles * Activations.TILE;
        panel = scratch.queries(padded * d);
        queryScales = new float[padded];
        scores = scratch.scores(padded * stride);
        weights = scratch.weights(padded * stride);
        blockScales = scratch.scales(padded * (stride / Activations.BLOCK));
        factors = new double[padded];
    }

    static void attention(AttentionTask task, Scratch scratch) {
        VectorAttention attention = new VectorAttention(task, scratch);
        attention.loadQueries();
        attention.score();
        Arrays.fill(attention.weights, 0, attention.tiles * Activations.TILE * attention.stride, 0f);
        for (int query = 0; query < attention.queries; query++) {
            attention.weigh(query);
        }
        attention.sumValues();
    }

    private void loadQueries() {
        float[] one = new float[d];
        Arrays.fill(panel, 0, tiles * Activations.TILE * d, 0f);
        for (int query = 0; query < queries; query++) {
            int token = query / task.groupSize();
            int at = task.qOffset() + token * task.qStride() + query % task.groupSize() * d;
            queryScales[query] = ScalarKernels.quantizeQuery(task.q(), at, d, one) * AttentionTask.queryFactor(d);
            int to = query / Activations.TILE * d * Activations.TILE + query % Activations.TILE;
            for (int c = 0; c < d; c++) {
                panel[to + c * Activations.TILE] = one[c];
            }
        }
    }

    private void score() {
        float[] tile = scratch.tile(Math.max(d, Activations.BLOCK) * TILE_ROWS);
        float[] sums = scratch.sums(tiles * Activations.TILE * TILE_ROWS);
        for (int from = 0; from < positions; from += TILE_ROWS) {
            KvBlock block = task.blocks()[from / KvBlock.TOKENS];
            int position = from % KvBlock.TOKENS;
            unpack(block.k(), block.kIndex(task.layer(), task.kvHead()) + position, KvBlock.TOKENS, d, tile);
            VectorLinear.multiply(tile, d, panel, 0, d * Activations.TILE, tiles, sums);
            int scale = block.scaleIndex(task.layer(), task.kvHead()) + position;
            scaleScores(sums, block.kScale(), scale, queryScales, queries, scores, from, stride);
        }
    }

    /** Bytes as floats: tile[i][two vectors] from rows {@code step} apart. */
    private static void unpack(byte[] from, int offset, int step, int rows, float[] tile) {
        for (int i = 0; i < rows; i++) {
            int at = offset + i * step;
            ((FloatVector) ByteVector.fromArray(BYTES, from, at).convertShape(VectorOperators.B2F, FLOATS, 0))
                    .intoArray(tile, i * TILE_ROWS);
            ((FloatVector) ByteVector.fromArray(BYTES, from, at + LANES).convertShape(VectorOperators.B2F, FLOATS, 0))
                    .intoArray(tile, i * TILE_ROWS + LANES);
        }
    }

    private static void scaleScores(
            float[] sums,
            float[] kScale,
            int scaleAt,
            float[] queryScales,
            int queries,
            float[] scores,
            int to,
            int stride) {
        for (int half = 0; half < TILE_ROWS; half += LANES) {
            FloatVector sk = FloatVector.fromArray(FLOATS, kScale, scaleAt + half);
            for (int query = 0; query < queries; query++) {
                FloatVector.fromArray(FLOATS, sums, query * TILE_ROWS + half)
                        .mul(queryScales[query])
                        .mul(sk)
                        .intoArray(scores, query * stride + to + half);
            }
        }
    }

    private void weigh(int query) {
        int n = task.firstPosition() + query / task.groupSize() + 1;
        int row = query * stride;
        int blocks = (n + Activations.BLOCK - 1) / Activations.BLOCK;
        Arrays.fill(scores, row + n, row + blocks * Activations.BLOCK, Float.NEGATIVE_INFINITY);
        float m = max(scores, row, blocks * Activations.BLOCK);
        if (!(Math.abs(m) <= Float.MAX_VALUE)) {
            throw new NonFiniteValueException();
        }
        VectorElementwise.expOfDifference(scores, row, blocks * Activations.BLOCK, m);
        double denominator = denominator(scores, row, blocks * Activations.BLOCK);
        float top = 0f;
        for (int b = 0; b < blocks; b++) {
            KvBlock block = task.blocks()[b * Activations.BLOCK / KvBlock.TOKENS];
            int scale = block.scaleIndex(task.layer(), task.kvHead()) + b * Activations.BLOCK % KvBlock.TOKENS;
            multiplyInto(scores, row + b * Activations.BLOCK, block.vScale(), scale);
            top = Math.max(
                    top, VectorElementwise.largestMagnitude(scores, row + b * Activations.BLOCK, Activations.BLOCK));
        }
        int padded = tiles * Activations.TILE;
        if (top < Activations.TINY) {
            for (int b = 0; b < stride / Activations.BLOCK; b++) {
                blockScales[b * padded + query] = 0f;
            }
            return;
        }
        int low = ScalarKernels.weightLow(top);
        factors[query] = ScalarKernels.outputFactor(low, denominator);
        for (int b = 0; b < stride / Activations.BLOCK; b++) {
            if (b >= blocks) {
                blockScales[b * padded + query] = 0f;
                continue;
            }
            float blockMax = VectorElementwise.largestMagnitude(scores, row + b * Activations.BLOCK, Activations.BLOCK);
            int e = blockMax == 0f ? low : Math.max(ExactMath.exponent(blockMax), low);
            blockScales[b * padded + query] = ExactMath.powerOfTwo(e - low);
            int to = (b * tiles + query / Activations.TILE) * Activations.BLOCK * Activations.TILE
                    + query % Activations.TILE;
            int end = Math.min(n - b * Activations.BLOCK, Activations.BLOCK);
            float unit = ExactMath.powerOfTwo(Activations.BITS - e);
            for (int j = 0; j < end; j++) {
                weights[to + j * Activations.TILE] =
                        scores[row + b * Activations.BLOCK + j] * unit + VectorShapes.ROUND - VectorShapes.ROUND;
            }
        }
    }

    private static float max(float[] v, int offset, int n) {
        FloatVector max = FloatVector.fromArray(FLOATS, v, offset);
        for (int i = LANES; i < n; i += LANES) {
            max = max.max(FloatVector.fromArray(FLOATS, v, offset + i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    // Integers of at most 2^30 each: exact in double lanes, in any order.
    private static double denominator(float[] p, int offset, int n) {
        DoubleVector sum = DoubleVector.zero(DOUBLES);
        for (int i = 0; i < n; i += LANES / 2) {
            FloatVector scaled =
                    FloatVector.fromArray(HALF_FLOATS, p, offset + i).mul(0x1p30f);
            DoubleVector wide = (DoubleVector) scaled.convertShape(VectorOperators.F2D, DOUBLES, 0);
            sum = wide.add(DOUBLE_ROUND).sub(DOUBLE_ROUND).add(sum);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    private static void multiplyInto(float[] p, int offset, float[] scales, int at) {
        for (int i = 0; i < Activations.BLOCK; i += LANES) {
            FloatVector.fromArray(FLOATS, p, offset + i)
                    .mul(FloatVector.fromArray(FLOATS, scales, at + i))
                    .intoArray(p, offset + i);
        }
    }

    private void sumValues() {
        int padded = tiles * Activations.TILE;
        int width = task.blocks()[0].shape().vStride();
        float[] tile = scratch.tile(Math.max(d, Activations.BLOCK) * TILE_ROWS);
        float[] sums = scratch.sums(padded * TILE_ROWS);
        double[] totals = scratch.totals(padded * width);
        Arrays.fill(totals, 0, padded * width, 0.0);
        for (int b = 0; b * Activations.BLOCK < positions; b++) {
            KvBlock block = task.blocks()[b * Activations.BLOCK / KvBlock.TOKENS];
            int v = block.vIndex(task.layer(), task.kvHead()) + b * Activations.BLOCK % KvBlock.TOKENS * width;
            for (int c = 0; c < d; c += TILE_ROWS) {
                unpack(block.v(), v + c, width, Activations.BLOCK, tile);
                int panelSize = Activations.BLOCK * Activations.TILE;
                VectorLinear.multiply(tile, Activations.BLOCK, weights, b * tiles * panelSize, panelSize, tiles, sums);
                addScaled(sums, blockScales, b * padded, queries, totals, c, width);
            }
        }
        for (int query = 0; query < queries; query++) {
            int token = query / task.groupSize();
            int to = task.outOffset() + token * task.outStride() + query % task.groupSize() * d;
            for (int c = 0; c < d; c++) {
                task.out()[to + c] = (float) (totals[query * width + c] * factors[query]);
            }
        }
    }

    private static void addScaled(
            float[] sums, float[] scales, int scaleAt, int queries, double[] totals, int to, int width) {
        for (int query = 0; query < queries; query++) {
            double scale = scales[scaleAt + query];
            for (int part = 0; part < TILE_ROWS; part += LANES / 2) {
                DoubleVector s = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, sums, query * TILE_ROWS + part)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                int at = query * width + to + part;
                s.mul(scale).add(DoubleVector.fromArray(DOUBLES, totals, at)).intoArray(totals, at);
            }
        }
    }
}
