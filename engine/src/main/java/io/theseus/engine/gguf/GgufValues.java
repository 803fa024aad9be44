package io.theseus.engine.gguf;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads metadata values. Texts and arrays are checked and remembered by their place only: most of a header is a vocabulary, which
 * many callers never look at.
 */
final class GgufValues {
    /** 64 times the largest vocabulary so far. An array is decoded into at most eight times its bytes. */
    private static final int MAX_ELEMENTS = 1 << 24;

    private static final int MAX_NESTING = 4;

    /** Arrays of arrays are hardly ever used, and the emptiest of them grow most when decoded. */
    private static final int MAX_NESTED = 1 << 16;

    private GgufValues() {}

    /** A text in the header. */
    record Text(HeaderBytes header, int at, int length) {
        String decode(String key) {
            return header.text(at, length, "metadata " + key);
        }

        @Override
        public String toString() {
            return header.lenientText(at, length);
        }
    }

    /** An array in the header; {@code at} is its first element. */
    record Array(HeaderBytes header, ValueType type, int length, int at) {
        /** The elements as {@link GgufMetadata} documents them; malformed text is refused if {@code strict}. */
        Object decode(String key, boolean strict) {
            return switch (type) {
                case STRING -> texts(key, strict);
                case ARRAY -> nested(key, strict);
                case FLOAT32 -> {
                    float[] values = new float[length];
                    for (int i = 0; i < length; i++) {
                        values[i] = Float.intBitsToFloat(header.int32(at + 4 * i));
                    }
                    yield values;
                }
                case FLOAT64 -> {
                    double[] values = new double[length];
                    for (int i = 0; i < length; i++) {
                        values[i] = Double.longBitsToDouble(header.int64(at + 8 * i));
                    }
                    yield values;
                }
                case BOOL -> {
                    boolean[] values = new boolean[length];
                    for (int i = 0; i < length; i++) {
                        values[i] = header.int8(at + i) != 0;
                    }
                    yield values;
                }
                case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> {
                    long[] values = new long[length];
                    for (int i = 0; i < length; i++) {
                        values[i] = integer(header, type, at + type.minBytes() * i);
                    }
                    yield values;
                }
            };
        }

        private String[] texts(String key, boolean strict) {
            String[] values = new String[length];
            String what = "metadata " + key;
            int position = at;
            for (int i = 0; i < length; i++) {
                int bytes = (int) header.int64(position);
                values[i] = strict ? header.text(position + 8, bytes, what) : header.lenientText(position + 8, bytes);
                position += 8 + bytes;
            }
            return values;
        }

        private List<Object> nested(String key, boolean strict) {
            GgufCursor in = new GgufCursor(header);
            in.skip(at, key);
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                // The depth was checked when the whole array was passed over.
                values.add(array(in, key, 0).decode(key, strict));
            }
            return List.copyOf(values);
        }
    }

    /** The value of {@code key}: {@link Long}, {@link Double}, {@link Boolean}, {@link Text} or {@link Array}. */
    static Object read(GgufCursor in, String key) {
        String what = "metadata " + key;
        ValueType type = ValueType.read(in, what);
        return switch (type) {
            case STRING -> {
                int at = in.skipText(what);
                yield new Text(in.header(), at, in.position() - at);
            }
            case ARRAY -> array(in, what, 0);
            case BOOL -> bool(in, what);
            case FLOAT32 -> (double) Float.intBitsToFloat(in.int32(what));
            case FLOAT64 -> Double.longBitsToDouble(in.int64(what));
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 ->
                integer(in.header(), type, in.skip(type.minBytes(), what));
        };
    }

    private static Array array(GgufCursor in, String what, int depth) {
        if (depth >= MAX_NESTING) {
            throw in.invalid(what + " nests arrays deeper than " + MAX_NESTING);
        }
        ValueType type = ValueType.read(in, "element of " + what);
        int length =
                in.count("length of " + what, type.minBytes(), type == ValueType.ARRAY ? MAX_NESTED : MAX_ELEMENTS);
        Array array = new Array(in.header(), type, length, in.position());
        switch (type) {
            case STRING -> in.skipTexts(length, what);
            case ARRAY -> {
                for (int i = 0; i < length; i++) {
                    array(in, what, depth + 1);
                }
            }
            case BOOL -> {
                for (int i = 0; i < length; i++) {
                    bool(in, what);
                }
            }
            default -> in.skip((long) length * type.minBytes(), what);
        }
        return array;
    }

    private static boolean bool(GgufCursor in, String what) {
        byte b = in.int8(what);
        if (b != 0 && b != 1) {
            throw in.invalid(what + " is a boolean with value " + b);
        }
        return b == 1;
    }

    /** An integer of any type; u64 from 2^63 on has no use in a model file, shows as negative, and fails every range check. */
    private static long integer(HeaderBytes header, ValueType type, int at) {
        return switch (type) {
            case UINT8 -> header.int8(at) & 0xFFL;
            case INT8 -> header.int8(at);
            case UINT16 -> header.int16(at) & 0xFFFFL;
            case INT16 -> header.int16(at);
            case UINT32 -> header.int32(at) & 0xFFFF_FFFFL;
            case INT32 -> header.int32(at);
            case UINT64, INT64 -> header.int64(at);
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> throw new IllegalArgumentException(type + " is no integer");
        };
    }
}
