package io.theseus.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what {@link CanonicalBytes} wrote, from anybody: every length is checked before it is believed. Not thread-safe. */
public final class CanonicalReader {
    private final String domain;
    private final ByteBuffer in;

    /**
     * @param domain what the bytes must be
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if they are something else, as every method does for bytes that end early or
     *     hold a value that cannot be
     */
    public CanonicalReader(String domain, byte[] bytes) {
        this.domain = domain;
        in = ByteBuffer.wrap(bytes);
        if (!text().equals(domain)) {
            throw malformed("they begin with another name");
        }
    }

    public int octet() {
        need(1);
        return in.get() & 0xFF;
    }

    public boolean flag() {
        int value = octet();
        if (value > 1) {
            throw malformed("a flag is " + value);
        }
        return value == 1;
    }

    public int integer() {
        need(Integer.BYTES);
        return in.getInt();
    }

    public long number() {
        need(Long.BYTES);
        return in.getLong();
    }

    public double real() {
        return Double.longBitsToDouble(number());
    }

    public byte[] bytes() {
        int length = integer();
        if (length < 0) {
            throw malformed("a length is " + length);
        }
        return fixed(length);
    }

    public String text() {
        byte[] utf8 = bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text is not UTF-8");
        }
    }

    public Digest digest() {
        return Digest.of(fixed(Digest.BYTES));
    }

    /** A count of things that take at least {@code leastBytes} each. */
    public int count(int leastBytes) {
        int count = integer();
        if (count < 0 || (long) count * leastBytes > in.remaining()) {
            throw malformed("they announce " + count + " entries in " + in.remaining() + " bytes");
        }
        return count;
    }

    public byte[] fixed(int length) {
        need(length);
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }

    /** Checks that nothing follows. */
    public void end() {
        if (in.hasRemaining()) {
            throw malformed(in.remaining() + " bytes follow their end");
        }
    }

    /** A value that cannot be. */
    public TheseusException malformed(String why) {
        return new TheseusException(
                ErrorCode.BAD_INPUT, "these bytes are not " + domain + " (at byte " + in.position() + "): " + why);
    }

    private void need(int bytes) {
        if (in.remaining() < bytes) {
            throw malformed("they end early");
        }
    }
}
