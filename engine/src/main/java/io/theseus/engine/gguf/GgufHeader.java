package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything before the tensor data, checked: counts against the bytes that are left and against limits no model reaches, so that a
 * lying file cannot make us allocate more than a small multiple of its own length.
 *
 * @param tensors in the file's order
 */
record GgufHeader(int version, GgufMetadata metadata, List<TensorInfo> tensors) {
    private static final int MAX_ENTRIES = 1 << 16;
    private static final int MAX_TENSORS = 1 << 18;
    private static final int MAX_KEY_BYTES = 65_535; // the specification's own limit
    private static final int MAX_NAME_BYTES = 1024; // ggml stops at 63

    static GgufHeader parse(HeaderBytes header) {
        FileKind.check(header);
        GgufCursor in = new GgufCursor(header);
        in.skip(4, "magic");
        int version = in.int32("version");
        // A tensor entry takes at least 8 (name) + 4 + 8 + 4 + 8 bytes, a metadata entry at least 8 + 4 + 1.
        int tensorCount = in.count("tensor count", 32, MAX_TENSORS);
        int entryCount = in.count("metadata count", 13, MAX_ENTRIES);
        GgufMetadata metadata = new GgufMetadata(entries(in, entryCount), header.name() + ": ");
        refuseSplit(metadata, header);
        long alignment = metadata.integer("general.alignment").orElse(32);
        if (alignment < 8 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw in.invalid("general.alignment is " + alignment + ", expected a power of two from 8 to 1048576");
        }
        return new GgufHeader(version, metadata, TensorTable.read(in, tensorCount, alignment, MAX_NAME_BYTES));
    }

    private static Map<String, Object> entries(GgufCursor in, int count) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.text("metadata key " + i, MAX_KEY_BYTES);
            if (entries.put(key, GgufValues.read(in, key)) != null) {
                throw in.invalid("metadata key " + key + " appears twice");
            }
        }
        return entries;
    }

    private static void refuseSplit(GgufMetadata metadata, HeaderBytes header) {
        long parts = metadata.integer("split.count").orElse(1);
        if (parts > 1) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    header.name() + " is part " + (metadata.integer("split.no").orElse(0) + 1) + " of " + parts
                            + " of a split model, which cannot be read yet; join the parts first, for example with"
                            + " llama.cpp's `llama-gguf-split --merge`");
        }
    }
}
