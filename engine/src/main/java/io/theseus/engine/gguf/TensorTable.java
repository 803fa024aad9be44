package io.theseus.engine.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the list of tensors and checks dimensions, alignment and extents against the file and each other. */
final class TensorTable {
    private static final int MAX_DIMENSIONS = 4;

    private TensorTable() {}

    static List<TensorInfo> read(GgufCursor in, int count, long alignment, int maxNameBytes) {
        List<TensorInfo> relative = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            TensorInfo info = entry(in, i, maxNameBytes);
            if (!names.add(info.name())) {
                throw in.invalid("tensor " + info.name() + " appears twice");
            }
            relative.add(info);
        }
        long base = (in.position() + alignment - 1) / alignment * alignment;
        long dataBytes = Math.max(0, in.header().fileBytes() - base);
        List<TensorInfo> tensors = new ArrayList<>();
        for (TensorInfo t : relative) {
            if (t.offset() < 0 || t.offset() % alignment != 0) {
                throw in.invalid("tensor " + t.name() + " is at offset " + Long.toUnsignedString(t.offset())
                        + ", not a multiple of " + alignment);
            }
            if (t.offset() > dataBytes || t.bytes() > dataBytes - t.offset()) {
                throw in.invalid("tensor " + t.name() + " needs " + t.bytes() + " bytes at offset " + t.offset()
                        + " of the data, but the file ends after " + dataBytes + "; the download is incomplete");
            }
            tensors.add(new TensorInfo(t.name(), t.shape(), t.type(), base + t.offset(), t.bytes()));
        }
        refuseOverlap(in, tensors);
        return List.copyOf(tensors);
    }

    private static TensorInfo entry(GgufCursor in, int index, int maxNameBytes) {
        String name = in.text("name of tensor " + index, maxNameBytes);
        int dimensions = in.int32("dimensions of " + name);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw in.invalid("tensor " + name + " has " + dimensions + " dimensions, expected 1 to " + MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>(dimensions);
        long elements = 1;
        for (int d = 0; d < dimensions; d++) {
            long size = in.int64("dimension " + d + " of " + name);
            // No type takes more than 8 bytes a value, so the length in bytes cannot overflow either.
            if (size < 1 || size > Long.MAX_VALUE / 8 / elements) {
                throw in.invalid("tensor " + name + " has size " + size + " in dimension " + d);
            }
            elements *= size;
            shape.add(size);
        }
        TensorType type = TensorType.read(in, name);
        if (shape.getFirst() % type.blockSize() != 0) {
            throw in.invalid("tensor " + name + " has rows of " + shape.getFirst() + " values, not a multiple of the "
                    + type.blockSize() + " in a " + type + " block");
        }
        long bytes = elements / type.blockSize() * type.blockBytes();
        return new TensorInfo(name, shape, type, in.int64("offset of " + name), bytes);
    }

    /** No writer lets two tensors share bytes; a file where they do lies about one of them. Gaps are harmless. */
    private static void refuseOverlap(GgufCursor in, List<TensorInfo> tensors) {
        List<TensorInfo> byPlace = new ArrayList<>(tensors);
        byPlace.sort(Comparator.comparingLong(TensorInfo::offset));
        for (int i = 1; i < byPlace.size(); i++) {
            TensorInfo before = byPlace.get(i - 1);
            TensorInfo t = byPlace.get(i);
            if (t.offset() < before.offset() + before.bytes()) {
                throw in.invalid("tensors " + before.name() + " and " + t.name() + " overlap at byte " + t.offset());
            }
        }
    }
}
