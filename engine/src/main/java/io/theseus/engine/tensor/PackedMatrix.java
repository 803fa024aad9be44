package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A weight matrix (rows, columns) as exact integers: W[r][c] = (kw[r][b] * q[r][c] + km[r][b]) * Sw[r], with b the block of column c
 * (rule 1). Four-bit codes stay four bits in memory.
 *
 * <p>Rows are interleaved in groups of {@link #GROUP}, so that one vector holds the same column of neighbouring rows and no kernel
 * adds across lanes. Rows are padded with zeros to a multiple of {@link #ROW_ALIGNMENT}.
 */
public final class PackedMatrix {
    /*
     * Layout, little-endian, offsets in elements:
     *   4-bit codes: int  [group][block of 32][octet 0..3][row in group]; column 8 * octet + k of the block is nibble k, stored + 8
     *   8-bit codes: byte [group][block of 32][column 0..31][row in group]
     *   kw, km:      short[group][scale block][row in group]
     */
    /** Rows that are interleaved. */
    static final int GROUP = 16;

    /** Rows are padded to a multiple of this: two vectors of the widest machine. */
    static final int ROW_ALIGNMENT = 32;

    /** The smallest vector of bytes can be longer than what is needed of it; loads at the end must stay inside. */
    static final int VECTOR_SLACK = 8;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final String name;
    private final int rows;
    private final int columns;
    private final int codeBits;
    private final int scaleBlock;
    private final boolean hasMinimum;
    private final MemorySegment codes;
    private final MemorySegment kw;
    private final MemorySegment km; // empty without minimum
    private final float[] rowScale; // (padded rows): Sw

    private PackedMatrix(String name, SourceRows source, int rows, int columns, Arena arena) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.codeBits = source.codeBits();
        this.scaleBlock = source.scaleBlock();
        this.hasMinimum = source.hasMinimum();
        long padded = paddedRows();
        this.codes = arena.allocate(padded * columns * codeBits / 8 + VECTOR_SLACK, 64);
        this.kw = arena.allocate(padded * scaleBlocks() * 2, 64);
        this.km = hasMinimum ? arena.allocate(padded * scaleBlocks() * 2, 64) : MemorySegment.NULL;
        this.rowScale = new float[paddedRows()];
        if (codeBits == 4) {
            fillZeroCodes(padded);
        }
    }

    // A padding row's nibbles must say 0, which is stored as 8.
    private void fillZeroCodes(long padded) {
        if (padded != rows) {
            codes.fill((byte) 0x88);
        }
    }

    /** An empty matrix to be filled by {@link #packGroup}; {@code data} is (rows, columns) of {@code type}. */
    static PackedMatrix allocate(String name, SourceRows source, int rows, int columns, Arena arena) {
        return new PackedMatrix(name, source, rows, columns, arena);
    }

    /**
     * Packs {@code data}, (rows, columns) of {@code type}, into memory of {@code arena}.
     *
     * @throws io.theseus.core.TheseusException {@code MODEL_UNSUPPORTED} for a type or width this engine does not compute with
     */
    public static PackedMatrix pack(
            String name, TensorType type, MemorySegment data, int rows, int columns, Arena arena, WorkerPool pool) {
        SourceRows source = SourceRows.of(name, type, data, columns);
        PackedMatrix matrix = allocate(name, source, rows, columns, arena);
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

    MemorySegment codes() {
        return codes;
    }

    MemorySegment kw() {
        return kw;
    }

    MemorySegment km() {
        return km;
    }

    float[] rowScale() {
        return rowScale;
    }

    /** Bytes held outside the heap. */
    public long bytes() {
        return codes.byteSize() + kw.byteSize() + km.byteSize();
    }

    /** q of rule 1 at (row, column). */
    int code(int row, int column) {
        long group = row / GROUP;
        long lane = row % GROUP;
        long block = column / 32;
        int c = column % 32;
        long blocks = columns / 32;
        if (codeBits == 4) {
            long index = ((group * blocks + block) * 4 + c / 8) * GROUP + lane;
            return (codes.get(INT, index * 4) >>> 4 * (c % 8) & 15) - 8;
        }
        return codes.get(ValueLayout.JAVA_BYTE, ((group * blocks + block) * 32 + c) * GROUP + lane);
    }

    /** kw of rule 1 for (row, scale block). */
    int kw(int row, int block) {
        return kw.get(SHORT, scaleIndex(row, block) * 2);
    }

    /** km of rule 1 for (row, scale block). */
    int km(int row, int block) {
        return hasMinimum ? km.get(SHORT, scaleIndex(row, block) * 2) : 0;
    }

    long scaleIndex(int row, int block) {
        return ((long) (row / GROUP) * scaleBlocks() + block) * GROUP + row % GROUP;
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
