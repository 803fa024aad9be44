package io.theseus.engine.tensor;

import java.util.Arrays;

/**
 * The input of a linear layer for several tokens, as block floating point (rule 2): per block of 32 columns an exponent, and 12-bit
 * integers with sign. An integer is kept as the float x * 2^shift (exact: all of a block are multiples of 2^shift), so that kernels
 * need not multiply by the shift.
 *
 * <p>Tokens lie in tiles of {@link #TILE}, interleaved, so that one vector of weights meets the values of a tile one after the
 * other: {@code x[block][tile][column in block][token in tile]}. A single token is a tile of one.
 */
public final class Activations {
    /** Columns that share an exponent. */
    public static final int BLOCK = 32;

    /** Tokens a kernel advances at once: four times two vectors of sums fit into 16 registers. */
    public static final int TILE = 4;

    static final float TINY = 0x1p-100f;
    static final int BITS = 12;
    static final int WINDOW = 7;

    /** How the integers are laid out: as the kernels that will read them want it. */
    public enum Form {
        /** Floats in tiles, and a row of integers where there is one token: for kernels in Java. */
        TILES,
        /** 16-bit integers in the order in which codes come out of their words two by two: for {@link NativeKernels}. */
        PAIRS
    }

    private final int capacity;
    private final int columns;
    private final Form form;
    private final float[] x;
    private final float[] sums; // [block][padded tokens]: sum of the block's x * 2^shift, exact
    private final int[] exponents; // (tokens): t of rule 2
    private final byte[] shifts; // [block][padded tokens]
    private final IntegerRow row; // of a single token
    private final short[] pairs4; // [block][padded tokens][32]: x; per eight columns (0,4) (1,5) (2,6) (3,7)
    private final short[] pairs8; // [block][padded tokens][32]: x; per four columns (0,2) (1,3)
    private final byte[] split; // of a single token: [eight columns][16], see engine/native
    private final int[] halfSums; // [block][padded tokens][2]: sum of x over 16 columns
    private int tokens;
    private int padded;
    private int tile;

    /** Room for {@code capacity} tokens of {@code columns} values; columns must be a multiple of 32. */
    public Activations(int capacity, int columns, Form form) {
        int rounded = (capacity + TILE - 1) / TILE * TILE;
        boolean tiles = form == Form.TILES;
        this.capacity = rounded;
        this.columns = columns;
        this.form = form;
        this.x = new float[tiles ? rounded * columns : 0];
        this.sums = new float[tiles ? rounded * (columns / BLOCK) : 0];
        this.exponents = new int[rounded];
        this.shifts = new byte[rounded * (columns / BLOCK)];
        this.row = new IntegerRow(tiles ? columns : 0);
        this.pairs4 = new short[tiles ? 0 : rounded * columns];
        this.pairs8 = new short[tiles ? 0 : rounded * columns];
        this.split = new byte[tiles ? 0 : columns * 2];
        this.halfSums = new int[tiles ? 0 : rounded * (columns / BLOCK) * 2];
    }

    /** Makes this hold {@code count} tokens; each must then be set by {@link Kernels#quantize}. */
    public void resize(int count) {
        if (count < 1 || count > capacity) {
            throw new IllegalArgumentException("tokens " + count + " of " + capacity);
        }
        tokens = count;
        tile = count == 1 || form == Form.PAIRS ? 1 : TILE;
        padded = (count + tile - 1) / tile * tile;
        for (int token = count; token < padded; token++) {
            clear(token);
        }
    }

    /** Sets a token to the zero vector. */
    void clear(int token) {
        exponents[token] = 0;
        for (int block = 0; block < columns / BLOCK; block++) {
            sums[sumIndex(block, token)] = 0f;
            for (int c = 0; c < BLOCK; c++) {
                x[index(block, token) + c * tile] = 0f;
            }
            setShift(block, token, 0);
        }
        if (tile == 1) {
            Arrays.fill(row.values(), 0);
            row.finish();
        }
    }

    /** The single token in the form that {@link VectorLinear} multiplies; only if there is one token. */
    IntegerRow row() {
        return row;
    }

    void setShift(int block, int token, int shift) {
        shifts[sumIndex(block, token)] = (byte) shift;
        if (tile == 1) {
            row.setUnit(block, 1 << shift);
        }
    }

    /** shift_b of rule 2. */
    int shift(int block, int token) {
        return shifts[sumIndex(block, token)];
    }

    /** Where column 0 of {@code block} of {@code token} lies in {@link #x()}; the next column is {@link #tile()} further. */
    int index(int block, int token) {
        return block * BLOCK * padded + token / tile * BLOCK * tile + token % tile;
    }

    int sumIndex(int block, int token) {
        return block * padded + token;
    }

    float[] x() {
        return x;
    }

    float[] sums() {
        return sums;
    }

    byte[] shifts() {
        return shifts;
    }

    int[] exponents() {
        return exponents;
    }

    int tile() {
        return tile;
    }

    /** Tokens rounded up to whole tiles. */
    int padded() {
        return padded;
    }

    public int tokens() {
        return tokens;
    }

    public int columns() {
        return columns;
    }

    short[] pairs4() {
        return pairs4;
    }

    short[] pairs8() {
        return pairs8;
    }

    byte[] split() {
        return split;
    }

    int[] halfSums() {
        return halfSums;
    }

    Form form() {
        return form;
    }

    /** The integer at (token, column) times 2^shift, for tests. */
    long value(int token, int column) {
        if (form == Form.PAIRS) {
            int block = column / BLOCK;
            int inEight = column % 8;
            int at = (block * padded + token) * BLOCK + column % BLOCK / 8 * 8 + inEight % 4 * 2 + inEight / 4;
            return (long) pairs4[at] << shift(block, token);
        }
        return (long) x[index(column / BLOCK, token) + column % BLOCK * tile];
    }

    @Override
    public String toString() {
        return "Activations" + Arrays.asList(tokens, columns);
    }
}
