package io.theseus.engine.tensor;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/** Rule 1 by the native library, for the formats that most files hold; {@link RowPacker} knows all. */
final class NativePacker {
    /** Rows of one task. */
    private static final int STEP = 16 * PackedMatrix.GROUP;

    private NativePacker() {}

    /** Whether the library is here and packs {@code type}. */
    static boolean handles(TensorType type) {
        return switch (type) {
            case Q4_0, Q4_1, Q8_0 -> NativeCalls.available();
            default -> false;
        };
    }

    /** Fills {@code matrix} from {@code data}, its rows as they lie in a file. */
    static void pack(PackedMatrix matrix, TensorType type, MemorySegment data, WorkerPool pool) {
        long rowBytes = (long) matrix.columns() / type.blockSize() * type.blockBytes();
        if (data.byteSize() < rowBytes * matrix.rows()) {
            throw new IndexOutOfBoundsException(
                    matrix.name() + " holds " + data.byteSize() + " bytes, not " + rowBytes * matrix.rows());
        }
        pool.run((matrix.rows() + STEP - 1) / STEP, (task, worker) -> {
            int from = task * STEP;
            int to = Math.min(matrix.rows(), from + STEP);
            NativeCalls.call(
                    NativeCalls.PACK,
                    new int[] {type.id(), from, to, matrix.columns()},
                    data.asSlice(from * rowBytes, (to - from) * rowBytes),
                    MemorySegment.ofArray(matrix.words()),
                    MemorySegment.ofArray(matrix.kw()),
                    MemorySegment.ofArray(matrix.km()),
                    MemorySegment.ofArray(matrix.rowScale()),
                    MemorySegment.NULL);
        });
    }
}
