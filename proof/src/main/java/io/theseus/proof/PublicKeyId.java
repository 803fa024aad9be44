package io.theseus.proof;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A node's name: its Ed25519 public key.
 *
 * <p>Source: RFC 8032 (Ed25519), RFC 8410 (its encoding in X.509).
 */
public final class PublicKeyId {
    /** Bytes of an Ed25519 public key. */
    public static final int BYTES = 32;

    /** What stands before the 32 bytes of every Ed25519 key in X.509. */
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] key; // (32)

    private PublicKeyId(byte[] key) {
        this.key = key;
    }

    /**
     * The key with these bytes.
     *
     * @throws TheseusException {@code BAD_INPUT} unless there are 32
     */
    public static PublicKeyId of(byte[] key) {
        if (key.length != BYTES) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "a public key of " + key.length + " bytes, expected " + BYTES + " (Ed25519)");
        }
        return new PublicKeyId(key.clone());
    }

    static PublicKeyId of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return of(Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length));
    }

    public byte[] bytes() {
        return key.clone();
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(key);
    }

    /** Whether {@code signature} is this key's over {@code message}. Bytes that are no signature, or no key, are simply not. */
    public boolean verifies(byte[] message, byte[] signature) {
        try {
            byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + BYTES);
            System.arraycopy(key, 0, encoded, X509_HEAD.length, BYTES);
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKeyId that && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return hex();
    }
}
