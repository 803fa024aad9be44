package io.theseus.engine.gguf;

/** Types of metadata values; the ordinal is the number in the file. */
enum ValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private static final ValueType[] ALL = values();

    private final int minBytes;

    ValueType(int minBytes) {
        this.minBytes = minBytes;
    }

    /** Bytes of a value; the fewest possible for {@link #STRING} (its length) and {@link #ARRAY} (type and length). */
    int minBytes() {
        return minBytes;
    }

    boolean hasFixedSize() {
        return this != STRING && this != ARRAY;
    }

    static ValueType read(GgufCursor in, String what) {
        int id = in.int32("type of " + what);
        if (id < 0 || id >= ALL.length) {
            throw in.invalid(what + " has value type " + id + ", expected 0 to " + (ALL.length - 1));
        }
        return ALL[id];
    }
}
