package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything before the tensor data, checked: counts against the bytes that are left, so that a lying file cannot make us
 * allocate more than it is long; dimensions, alignment and extents of each tensor against the file.
 */
record GgufHeader(int version, GgufMetadata metadata, List<TensorInfo> tensors) {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_NESTING = 4;

    static GgufHeader parse(MemorySegment file, String name) {
        GgufCursor in = new GgufCursor(file, name);
        int magic = in.int32("magic");
        if (magic != MAGIC) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    name + " is not a GGUF file (it starts with 0x" + Integer.toHexString(magic) + ")");
        }
        int version = in.int32("version");
        if (version != 2 && version != 3) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    name + " is GGUF version " + version
                            + ", only 2 and 3 (little-endian) can be read; convert it again");
        }
        // A tensor entry takes at least 8 (name) + 4 + 8 + 4 + 8 bytes, a metadata entry at least 8 + 4 + 1.
        int tensorCount = in.count("tensor count", 32);
        int entryCount = in.count("metadata count", 13);
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < entryCount; i++) {
            String key = in.string("metadata key " + i);
            Object value = value(in, in.int32("type of " + key), key, 0);
            if (entries.put(key, value) != null) {
                throw in.invalid("metadata key " + key + " appears twice");
            }
        }
        GgufMetadata metadata = new GgufMetadata(entries);
        long alignment = metadata.integer("general.alignment").orElse(32);
        if (alignment < 8 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw in.invalid("general.alignment is " + alignment + ", expected a power of two from 8 to 1048576");
        }
        List<TensorInfo> relative = new ArrayList<>(tensorCount);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tensorCount; i++) {
            TensorInfo info = tensor(in, i);
            if (!names.add(info.name())) {
                throw in.invalid("tensor " + info.name() + " appears twice");
            }
            relative.add(info);
        }
        long base = (in.position() + alignment - 1) / alignment * alignment;
        List<TensorInfo> tensors = new ArrayList<>(tensorCount);
        for (TensorInfo t : relative) {
            if (t.offset() < 0 || t.offset() % alignment != 0) {
                throw in.invalid(
                        "tensor " + t.name() + " is at offset " + t.offset() + ", not a multiple of " + alignment);
            }
            if (base > file.byteSize()
                    || t.offset() > file.byteSize() - base
                    || t.bytes() > file.byteSize() - base - t.offset()) {
                throw in.invalid("tensor " + t.name() + " needs " + t.bytes() + " bytes at offset " + t.offset()
                        + " of the data, but the file ends after " + Math.max(0, file.byteSize() - base)
                        + "; the download is incomplete");
            }
            tensors.add(new TensorInfo(t.name(), t.shape(), t.type(), base + t.offset(), t.bytes()));
        }
        return new GgufHeader(version, metadata, tensors);
    }

    private static TensorInfo tensor(GgufCursor in, int index) {
        String name = in.string("name of tensor " + index);
        int dimensions = in.int32("dimensions of " + name);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw in.invalid("tensor " + name + " has " + dimensions + " dimensions, expected 1 to " + MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>(dimensions);
        long elements = 1;
        for (int d = 0; d < dimensions; d++) {
            long size = in.int64("dimension " + d + " of " + name);
            if (size < 1 || size > Long.MAX_VALUE / 8 / elements) {
                throw in.invalid("tensor " + name + " has size " + size + " in dimension " + d);
            }
            elements *= size;
            shape.add(size);
        }
        TensorType type = TensorType.of(in.int32("type of " + name), name);
        if (shape.getFirst() % type.blockSize() != 0) {
            throw in.invalid("tensor " + name + " has rows of " + shape.getFirst() + " values, not a multiple of the "
                    + type.blockSize() + " in a " + type + " block");
        }
        long bytes;
        try {
            bytes = Math.multiplyExact(elements / type.blockSize(), (long) type.blockBytes());
        } catch (ArithmeticException e) {
            throw in.invalid("tensor " + name + " is larger than any file");
        }
        return new TensorInfo(name, shape, type, in.int64("offset of " + name), bytes);
    }

    private static Object value(GgufCursor in, int type, String key, int depth) {
        return switch (type) {
            case 0 -> in.int8(key) & 0xFFL;
            case 1 -> (long) in.int8(key);
            case 2 -> in.int16(key) & 0xFFFFL;
            case 3 -> (long) in.int16(key);
            case 4 -> in.int32(key) & 0xFFFFFFFFL;
            case 5 -> (long) in.int32(key);
            case 6 -> (double) Float.intBitsToFloat(in.int32(key));
            case 7 -> bool(in, key);
            case 8 -> in.string(key);
            case 9 -> array(in, key, depth);
            // u64 beyond 2^63 has no use in a model file; it would show as negative and fail every range check.
            case 10, 11 -> in.int64(key);
            case 12 -> Double.longBitsToDouble(in.int64(key));
            default -> throw in.invalid("metadata " + key + " has value type " + type + ", expected 0 to 12");
        };
    }

    private static boolean bool(GgufCursor in, String key) {
        byte b = in.int8(key);
        if (b != 0 && b != 1) {
            throw in.invalid("metadata " + key + " is a boolean with value " + b);
        }
        return b == 1;
    }

    private static Object array(GgufCursor in, String key, int depth) {
        if (depth >= MAX_NESTING) {
            throw in.invalid("metadata " + key + " nests arrays deeper than " + MAX_NESTING);
        }
        int type = in.int32("element type of " + key);
        int bytes = switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 8, 10, 11, 12 -> 8;
            case 9 -> 12;
            default -> throw in.invalid("metadata " + key + " is an array of type " + type + ", expected 0 to 12");
        };
        int n = in.count("length of " + key, bytes);
        switch (type) {
            case 6 -> {
                float[] a = new float[n];
                for (int i = 0; i < n; i++) {
                    a[i] = Float.intBitsToFloat(in.int32(key));
                }
                return a;
            }
            case 7 -> {
                boolean[] a = new boolean[n];
                for (int i = 0; i < n; i++) {
                    a[i] = bool(in, key);
                }
                return a;
            }
            case 8 -> {
                String[] a = new String[n];
                for (int i = 0; i < n; i++) {
                    a[i] = in.string(key);
                }
                return a;
            }
            case 9 -> {
                List<Object> a = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    a.add(array(in, key, depth + 1));
                }
                return List.copyOf(a);
            }
            case 12 -> {
                double[] a = new double[n];
                for (int i = 0; i < n; i++) {
                    a[i] = Double.longBitsToDouble(in.int64(key));
                }
                return a;
            }
            default -> {
                long[] a = new long[n];
                for (int i = 0; i < n; i++) {
                    a[i] = (long) value(in, type, key, depth);
                }
                return a;
            }
        }
    }
}
