package io.theseus.engine.gguf;

import io.theseus.core.TheseusException;

/** Reads little-endian values one after the other and refuses to pass the end. */
final class GgufCursor {
    private final HeaderBytes header;
    private int position;

    GgufCursor(HeaderBytes header) {
        this.header = header;
    }

    /** Bytes read so far. */
    int position() {
        return position;
    }

    HeaderBytes header() {
        return header;
    }

    byte int8(String what) {
        return header.int8(skip(1, what));
    }

    short int16(String what) {
        return header.int16(skip(2, what));
    }

    int int32(String what) {
        return header.int32(skip(4, what));
    }

    long int64(String what) {
        return header.int64(skip(8, what));
    }

    /** A count of things that take at least {@code bytesEach} bytes each, checked against what is left of the file and a limit. */
    int count(String what, int bytesEach, int limit) {
        long n = int64(what);
        long left = header.fileBytes() - position;
        if (n < 0 || n > left / bytesEach) {
            throw invalid(what + " is " + Long.toUnsignedString(n) + ", but only " + left + " bytes are left");
        }
        if (n > limit) {
            throw invalid(what + " is " + n + "; no model has more than " + limit);
        }
        return (int) n;
    }

    /** A length and as many bytes, passed over. Returns where the bytes begin; they end at {@link #position()}. */
    int skipText(String what) {
        return skip(count(what, 1, HeaderBytes.MAX_BYTES), what);
    }

    /** Passes over {@code count} lengths with as many bytes each. */
    void skipTexts(int count, String what) {
        int end = position;
        for (int i = 0; i < count; i++) {
            end = header.textEnd(end, what);
        }
        skip(end - position, what);
    }

    /** A text of at most {@code limit} bytes. */
    String text(String what, int limit) {
        int length = count("length of " + what, 1, limit);
        return header.text(skip(length, what), length, what);
    }

    /** Passes over {@code bytes} bytes and returns where they begin. */
    int skip(long bytes, String what) {
        header.require(position + bytes, what);
        int at = position;
        position = (int) (at + bytes);
        return at;
    }

    TheseusException invalid(String problem) {
        return header.invalid(problem);
    }
}
