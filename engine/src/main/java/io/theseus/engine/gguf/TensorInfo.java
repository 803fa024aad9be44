package io.theseus.engine.gguf;

import java.util.List;

/**
 * Where one tensor lies.
 *
 * @param name as in the file, for example {@code blk.0.attn_q.weight}
 * @param shape dimensions, fastest varying first: (columns, rows, experts); never empty, each at least 1
 * @param type storage format
 * @param offset bytes from the start of the file
 * @param bytes length in the file
 */
public record TensorInfo(String name, List<Long> shape, TensorType type, long offset, long bytes) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Values along dimension {@code i}; 1 beyond the stored dimensions. */
    public long dimension(int i) {
        return i < shape.size() ? shape.get(i) : 1;
    }

    /** Values in the whole tensor. */
    public long elements() {
        long n = 1;
        for (long d : shape) {
            n *= d;
        }
        return n;
    }
}
