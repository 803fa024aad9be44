package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A weight matrix (rows, columns) as exact integers: W[r][c] = (kw[r][b] * q[r][c] + km[r][b]) * Sw[r], with b the block of column c
 * (rule 1). Four-bit codes stay four bits in memory.
 *
 * <p>Rows are interleaved in groups of {@link #GROUP}, so that one vector holds the same column of neighbouring rows and no kernel
 * adds across lanes. Rows are padded with zeros to a multiple of {@link #ROW_ALIGNMENT}.
 */
public final class PackedMatrix {
    /*
     * In heap arrays: over a MemorySegment the same kernel ran at half the speed, its loops full of the segment's checks (JDK 25).
     * Layout:
     *   codes:  int  [group][word of a row][row in group]; a word holds 8 columns of 4 bits, stored + 8, or 4 columns of 8 bits,
     *           stored + 128, the first column in the lowest bits
     *   kw, km: short[group][scale block][row in group]
     */
    /** Rows that are interleaved. */
    static final int GROUP = 16;

    /** Rows are padded to a multiple of this: two vectors of the widest machine. */
    static final int ROW_ALIGNMENT = 32;

    private final String name;
    private final int rows;
    private final int columns;
    private final int codeBits;
    private final int scaleBlock;
    private final boolean hasMinimum;
    private final int[] words;
    private final short[] kw;
    private final short[] km; // empty without minimum
    private final float[] rowScale; // (padded rows): Sw

    private PackedMatrix(String name, SourceRows source, int rows, int columns) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.codeBits = source.codeBits();
        this.scaleBlock = source.scaleBlock();
        this.hasMinimum = source.hasMinimum();
        int padded = paddedRows();
        this.words = new int[Math.multiplyExact(padded, columns / columnsPerWord())];
        this.kw = new short[padded * scaleBlocks()];
        this.km = new short[hasMinimum ? kw.length : 0];
        this.rowScale = new float[padded];
        if (padded != rows) {
            // Padding rows hold the stored form of zero.
            Arrays.fill(words, codeBits == 4 ? 0x88888888 : 0x80808080);
        }
    }

    /**
     * Packs {@code data}, (rows, columns) of {@code type},.
     *
     * @throws io.theseus.core.TheseusException {@code MODEL_UNSUPPORTED} for a type or width this engine does not compute with
     */
    public static PackedMatrix pack(
            String name, TensorType type, MemorySegment data, int rows, int columns, WorkerPool pool) {
        SourceRows source = SourceRows.of(name, type, data, columns);
        PackedMatrix matrix = new PackedMatrix(name, source, rows, columns);
        if (NativePacker.handles(type)) {
            NativePacker.pack(matrix, type, data, pool);
            return matrix;
        }
        return packInJava(matrix, source, pool);
    }

    /** As {@link #pack}, by the readable definition alone. */
    static PackedMatrix packInJava(
            String name, TensorType type, MemorySegment data, int rows, int columns, WorkerPool pool) {
        SourceRows source = SourceRows.of(name, type, data, columns);
        return packInJava(new PackedMatrix(name, source, rows, columns), source, pool);
    }

    private static PackedMatrix packInJava(PackedMatrix matrix, SourceRows source, WorkerPool pool) {
        int rows = matrix.rows;
        int groups = (rows + GROUP - 1) / GROUP;
        int step = 8;
        pool.run((groups + step - 1) / step, (task, worker) -> {
            RowPacker packer = new RowPacker(matrix, source);
            for (int g = task * step; g < Math.min(groups, task * step + step); g++) {
                packer.packGroup(g);
            }
        });
        return matrix;
    }

    /** As in the model file. */
    public String name() {
        return name;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    int paddedRows() {
        return (rows + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
    }

    /** 4 or 8. */
    int codeBits() {
        return codeBits;
    }

    /** Columns that share kw and km: 32 or 16. */
    int scaleBlock() {
        return scaleBlock;
    }

    int scaleBlocks() {
        return columns / scaleBlock;
    }

    boolean hasMinimum() {
        return hasMinimum;
    }

    /** Columns in one int. */
    int columnsPerWord() {
        return 32 / codeBits;
    }

    /** What is added to a code when it is stored. */
    int centre() {
        return 1 << codeBits - 1;
    }

    int[] words() {
        return words;
    }

    /** Where word 0 of {@code row} lies; the next word of the row is {@link #GROUP} further. */
    int wordIndex(int row) {
        return row / GROUP * (columns / columnsPerWord()) * GROUP + row % GROUP;
    }

    short[] kw() {
        return kw;
    }

    short[] km() {
        return km;
    }

    float[] rowScale() {
        return rowScale;
    }

    /** Bytes of memory. */
    public long footprint() {
        return 4L * words.length + 2L * kw.length + 2L * km.length + 4L * rowScale.length;
    }

    /** q of rule 1 at (row, column). */
    int code(int row, int column) {
        int word = words[wordIndex(row) + column / columnsPerWord() * GROUP];
        int shift = column % columnsPerWord() * codeBits;
        return (word >>> shift & (1 << codeBits) - 1) - centre();
    }

    /** All codes of a row into {@code to}, (columns). */
    void codes(int row, int[] to) {
        int perWord = columnsPerWord();
        int mask = (1 << codeBits) - 1;
        int at = wordIndex(row);
        for (int c = 0; c < columns; at += GROUP) {
            int word = words[at];
            for (int k = 0; k < perWord; k++, c++, word >>>= codeBits) {
                to[c] = (word & mask) - centre();
            }
        }
    }

    /** kw of rule 1 for (row, scale block). */
    int kw(int row, int block) {
        return kw[scaleIndex(row, block)];
    }

    /** km of rule 1 for (row, scale block). */
    int km(int row, int block) {
        return hasMinimum ? km[scaleIndex(row, block)] : 0;
    }

    int scaleIndex(int row, int block) {
        return (row / GROUP * scaleBlocks() + block) * GROUP + row % GROUP;
    }

    /** Feeds every row's q (int8), kw, km (int16) and Sw (f32), big-endian: what is computed, not how it is laid out. */
    public void hashInto(MessageDigest digest) {
        ByteBuffer bytes = ByteBuffer.allocate(columns + 4 * scaleBlocks() + 4);
        int[] q = new int[columns];
        for (int row = 0; row < rows; row++) {
            bytes.clear();
            codes(row, q);
            for (int code : q) {
                bytes.put((byte) code);
            }
            for (int b = 0; b < scaleBlocks(); b++) {
                bytes.putShort((short) kw(row, b));
            }
            for (int b = 0; b < scaleBlocks(); b++) {
                bytes.putShort((short) km(row, b));
            }
            bytes.putInt(Float.floatToRawIntBits(rowScale[row]));
            digest.update(bytes.array());
        }
    }

    /** Row {@code row} as f32: the embedding of a token (rule 3). */
    public void row(int row, float[] to, int offset) {
        double scale = rowScale[row];
        for (int c = 0; c < columns; c++) {
            int block = c / scaleBlock;
            to[offset + c] = (float) ((double) (kw(row, block) * code(row, c) + km(row, block)) * scale);
        }
    }
}
