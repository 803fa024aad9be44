package io.theseus.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes values so that different values never give the same bytes: numbers big-endian and of fixed width, everything else with its
 * length (int32) before it, all of it under the name of what it is. For bytes that are hashed, signed or stored; {@link
 * CanonicalReader} reads them back. Not thread-safe.
 */
public final class CanonicalBytes {
    private byte[] bytes = new byte[256];
    private int length;

    /** @param domain what the bytes are, with its version, such as {@code theseus/answer/1}; ASCII */
    public CanonicalBytes(String domain) {
        text(domain);
    }

    public CanonicalBytes octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    public CanonicalBytes flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    public CanonicalBytes integer(int value) {
        room(Integer.BYTES);
        ByteBuffer.wrap(bytes).putInt(length, value);
        length += Integer.BYTES;
        return this;
    }

    public CanonicalBytes number(long value) {
        room(Long.BYTES);
        ByteBuffer.wrap(bytes).putLong(length, value);
        length += Long.BYTES;
        return this;
    }

    /** The bits of {@code value}; -0 and the many NaNs are values of their own. */
    public CanonicalBytes real(double value) {
        return number(Double.doubleToRawLongBits(value));
    }

    /** The bits of {@code value}, as {@link #real(double)}. */
    public CanonicalBytes real(float value) {
        return integer(Float.floatToRawIntBits(value));
    }

    public CanonicalBytes text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public CanonicalBytes bytes(byte[] value) {
        integer(value.length);
        return fixed(value);
    }

    public CanonicalBytes digest(Digest value) {
        return fixed(value.bytes());
    }

    /** Numbers with their count before them. */
    public CanonicalBytes integers(int[] values) {
        integer(values.length);
        room(Math.multiplyExact(values.length, Integer.BYTES));
        ByteBuffer.wrap(bytes, length, values.length * Integer.BYTES)
                .asIntBuffer()
                .put(values);
        length += values.length * Integer.BYTES;
        return this;
    }

    /** Bytes whose number the reader knows. */
    public CanonicalBytes fixed(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    private void room(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, bytes.length * 2L)));
        }
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public Digest sha256() {
        var digest = Digest.algorithm();
        digest.update(bytes, 0, length);
        return Digest.of(digest.digest());
    }
}
