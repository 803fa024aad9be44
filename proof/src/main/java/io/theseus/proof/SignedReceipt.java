package io.theseus.proof;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.CanonicalReader;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.Arrays;

/**
 * A receipt and its node's signature over its canonical bytes.
 *
 * @param signature (64)
 */
public record SignedReceipt(Receipt receipt, byte[] signature) {
    private static final String DOMAIN = "theseus/signed-receipt/1";

    public SignedReceipt {
        signature = signature.clone();
        if (signature.length != NodeKey.SIGNATURE_BYTES) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "a signature of " + signature.length + " bytes, expected " + NodeKey.SIGNATURE_BYTES);
        }
    }

    /**
     * Signs {@code receipt}.
     *
     * @throws TheseusException {@code BAD_INPUT} if it speaks for another node
     */
    public static SignedReceipt of(Receipt receipt, NodeKey key) {
        if (!receipt.node().equals(key.id())) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "a receipt of node " + receipt.node() + " cannot be signed by " + key.id());
        }
        return new SignedReceipt(receipt, key.sign(receipt.canonicalBytes()));
    }

    /** Whether the node that the receipt names signed it. */
    public boolean genuine() {
        return receipt.node().verifies(receipt.canonicalBytes(), signature);
    }

    /** SHA-256 over the canonical bytes, without the signature: the same for everybody who signs the same. */
    public Digest hash() {
        return Digest.sha256(receipt.canonicalBytes());
    }

    /** For storage and transport: receipt and signature, each with its length, under {@code theseus/signed-receipt/1}. */
    public byte[] toBytes() {
        return new CanonicalBytes(DOMAIN)
                .bytes(receipt.canonicalBytes())
                .bytes(signature)
                .toBytes();
    }

    /**
     * Reads {@link #toBytes()}; does not verify.
     *
     * @throws TheseusException {@code BAD_INPUT} if they are something else
     */
    public static SignedReceipt read(byte[] bytes) {
        CanonicalReader in = new CanonicalReader(DOMAIN, bytes);
        SignedReceipt read = new SignedReceipt(Receipt.read(in.bytes()), in.bytes());
        in.end();
        return read;
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedReceipt(Receipt theirs, byte[] signed)
                && receipt.equals(theirs)
                && Arrays.equals(signature, signed);
    }

    @Override
    public int hashCode() {
        return receipt.hashCode();
    }
}
