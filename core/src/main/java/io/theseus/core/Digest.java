package io.theseus.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 value: the name of something by its content. Immutable, comparable by its bytes. */
public final class Digest implements Comparable<Digest> {
    /** Bytes of every digest. */
    public static final int BYTES = 32;

    private final byte[] bytes; // (32)

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The digest with these bytes.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} unless there are 32
     */
    public static Digest of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "a digest of " + bytes.length + " bytes, expected " + BYTES + " (SHA-256)");
        }
        return new Digest(bytes.clone());
    }

    /**
     * Reads what {@link #hex()} writes, in either case.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} unless it is 64 hexadecimal digits
     */
    public static Digest parse(String hex) {
        try {
            if (hex.length() == 2 * BYTES) {
                return new Digest(HexFormat.of().parseHex(hex));
            }
        } catch (IllegalArgumentException e) {
            throw malformed(hex, e);
        }
        throw malformed(hex, null);
    }

    private static TheseusException malformed(String hex, @org.jspecify.annotations.Nullable Throwable cause) {
        String shown = hex.length() > 80 ? hex.substring(0, 80) + "..." : hex;
        return new TheseusException(
                ErrorCode.BAD_INPUT, "\"" + shown + "\" is not a key: expected 64 hexadecimal digits", cause);
    }

    /** SHA-256 over the parts, one after the other; who hashes parts of varying length delimits them first. */
    public static Digest sha256(byte[]... parts) {
        MessageDigest digest = algorithm();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Digest(digest.digest());
    }

    /** SHA-256 of the UTF-8 of {@code text}. */
    public static Digest ofText(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A new SHA-256, for data that comes in pieces. */
    public static MessageDigest algorithm() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new TheseusException(
                    ErrorCode.INTERNAL, "this JDK has no SHA-256, which every JDK must have; use a complete JDK", e);
        }
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** The first 12 digits, for people. */
    public String brief() {
        return HexFormat.of().formatHex(bytes, 0, 6);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        // Any four bytes of a SHA-256 are as good as a hash of all.
        return bytes[0] << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | bytes[3] & 0xFF;
    }

    @Override
    public int compareTo(Digest other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
