package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads little-endian values one after the other and refuses to pass the end. */
final class GgufCursor {
    private static final ValueLayout.OfShort INT16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private final String name;
    private long position;

    GgufCursor(MemorySegment file, String name) {
        this.file = file;
        this.name = name;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    byte int8(String what) {
        return file.get(ValueLayout.JAVA_BYTE, advance(1, what));
    }

    short int16(String what) {
        return file.get(INT16, advance(2, what));
    }

    int int32(String what) {
        return file.get(INT32, advance(4, what));
    }

    long int64(String what) {
        return file.get(INT64, advance(8, what));
    }

    /** A count of things that take at least {@code bytesEach} bytes each, checked against what is left of the file. */
    int count(String what, int bytesEach) {
        long n = int64(what);
        long left = file.byteSize() - position;
        if (n < 0 || n > left / bytesEach) {
            throw invalid(what + " is " + Long.toUnsignedString(n) + ", but only " + left + " bytes are left");
        }
        return (int) Math.min(n, Integer.MAX_VALUE - 16);
    }

    String string(String what) {
        int length = count("length of " + what, 1);
        byte[] bytes = new byte[length];
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, advance(length, what), bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    TheseusException invalid(String problem) {
        return new TheseusException(ErrorCode.MODEL_INVALID, name + ": " + problem);
    }

    private long advance(long bytes, String what) {
        if (bytes > file.byteSize() - position) {
            throw invalid("the file ends inside " + what + " at byte " + position + "; the download is incomplete");
        }
        long at = position;
        position += bytes;
        return at;
    }
}
