package io.theseus.engine.tensor;

/** Working memory of one thread, grown on demand and kept. */
public final class Scratch {
    private float[] sums = new float[0];
    private int[] integers = new int[0];
    private float[] tile = new float[0];
    private double[] totals = new double[0];
    private float[] scales = new float[0];
    private float[] queries = new float[0];
    private float[] scores = new float[0];
    private float[] weights = new float[0];
    private short[] integerQueries = new short[0];
    private short[] integerWeights = new short[0];
    private byte[] shifts = new byte[0];
    private long[] sumsOfValues = new long[0];

    /** Exact sums of one block. */
    float[] sums(int n) {
        return sums.length >= n ? sums : (sums = new float[n]);
    }

    /** Exact sums of all blocks of a tile of rows. */
    int[] integers(int n) {
        return integers.length >= n ? integers : (integers = new int[n]);
    }

    /** Codes of one block or KV tile as floats, [column][two vectors of rows]. */
    float[] tile(int n) {
        return tile.length >= n ? tile : (tile = new float[n]);
    }

    /** Row totals, exact integers. */
    double[] totals(int n) {
        return totals.length >= n ? totals : (totals = new double[n]);
    }

    /** kw and km of one tile as floats, or the block scales of attention weights. */
    float[] scales(int n) {
        return scales.length >= n ? scales : (scales = new float[n]);
    }

    /** Quantised queries in tiles. */
    float[] queries(int n) {
        return queries.length >= n ? queries : (queries = new float[n]);
    }

    /** Attention scores, then probabilities. */
    float[] scores(int n) {
        return scores.length >= n ? scores : (scores = new float[n]);
    }

    /** Quantised attention weights in tiles. */
    float[] weights(int n) {
        return weights.length >= n ? weights : (weights = new float[n]);
    }

    /** Quantised queries, [query][channel]. */
    short[] integerQueries(int n) {
        return integerQueries.length >= n ? integerQueries : (integerQueries = new short[n]);
    }

    /** Quantised attention weights, [query][position]. */
    short[] integerWeights(int n) {
        return integerWeights.length >= n ? integerWeights : (integerWeights = new short[n]);
    }

    /** Shifts of blocks of attention weights, [query][block]. */
    byte[] shifts(int n) {
        return shifts.length >= n ? shifts : (shifts = new byte[n]);
    }

    /** Exact weighted sums of V, [query][channel]. */
    long[] sumsOfValues(int n) {
        return sumsOfValues.length >= n ? sumsOfValues : (sumsOfValues = new long[n]);
    }
}
