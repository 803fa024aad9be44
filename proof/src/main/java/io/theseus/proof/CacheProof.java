package io.theseus.proof;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.CanonicalReader;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * That an answer in a cache is the one that was computed, and when.
 *
 * <p>The node signs {@code SHA-256(requestHash || responseHash || proofHash || computedAt)}: three times 32 bytes, then milliseconds since
 * 1970 as 8 bytes, big-endian. proofHash is the hash of the receipt, which names the node. The signed message has 32 bytes; nothing else
 * that a node's key signs has that length.
 *
 * @param signature (64) by the receipt's node
 */
public record CacheProof(
        Digest requestHash, Digest responseHash, Digest proofHash, Instant computedAt, byte[] signature) {
    /** How long a proof counts. */
    public static final Duration VALIDITY = Duration.ofHours(24);

    /** How far ahead of ours another clock may be. */
    public static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private static final String DOMAIN = "theseus/cache-proof/1";

    /** What a check came to. */
    public enum Verdict {
        VALID,
        /** Genuine, but older than {@link #VALIDITY}. */
        EXPIRED,
        /** Something does not fit: the answer, the receipt, the time or a signature. */
        REFUSED
    }

    public CacheProof {
        computedAt = Instant.ofEpochMilli(computedAt.toEpochMilli());
        signature = signature.clone();
        if (signature.length != NodeKey.SIGNATURE_BYTES) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "a signature of " + signature.length + " bytes, expected " + NodeKey.SIGNATURE_BYTES);
        }
    }

    /** Vouches for the answer that {@code receipt} is about. */
    public static CacheProof of(SignedReceipt receipt, NodeKey key) {
        Receipt word = receipt.receipt();
        Digest proofHash = receipt.hash();
        Digest signed = digest(word.requestHash(), word.responseHash(), proofHash, word.ended());
        return new CacheProof(
                word.requestHash(), word.responseHash(), proofHash, word.ended(), key.sign(signed.bytes()));
    }

    /** What is signed. */
    public Digest digest() {
        return digest(requestHash, responseHash, proofHash, computedAt);
    }

    private static Digest digest(Digest request, Digest response, Digest proof, Instant computedAt) {
        return Digest.sha256(
                request.bytes(),
                response.bytes(),
                proof.bytes(),
                ByteBuffer.allocate(Long.BYTES)
                        .putLong(computedAt.toEpochMilli())
                        .array());
    }

    /**
     * Checks everything: that {@code receipt} and {@code response} are the ones meant, both signatures, and the age.
     *
     * @param request the key that the answer is to be served for
     * @param response hash of the answer's bytes as they are at hand
     */
    public Verdict check(SignedReceipt receipt, Digest request, Digest response, Instant now) {
        Receipt word = receipt.receipt();
        boolean fits = requestHash.equals(request)
                && word.requestHash().equals(request)
                && responseHash.equals(response)
                && word.responseHash().equals(response)
                && proofHash.equals(receipt.hash())
                && computedAt.equals(word.ended())
                && !computedAt.isAfter(now.plus(CLOCK_SKEW));
        if (!fits || !word.node().verifies(digest().bytes(), signature) || !receipt.genuine()) {
            return Verdict.REFUSED;
        }
        return now.isBefore(computedAt.plus(VALIDITY)) ? Verdict.VALID : Verdict.EXPIRED;
    }

    /** For storage and transport, under {@code theseus/cache-proof/1}. */
    public byte[] toBytes() {
        return new CanonicalBytes(DOMAIN)
                .digest(requestHash)
                .digest(responseHash)
                .digest(proofHash)
                .number(computedAt.toEpochMilli())
                .fixed(signature)
                .toBytes();
    }

    /**
     * Reads {@link #toBytes()}; does not verify.
     *
     * @throws TheseusException {@code BAD_INPUT} if they are something else
     */
    public static CacheProof read(byte[] bytes) {
        CanonicalReader in = new CanonicalReader(DOMAIN, bytes);
        CacheProof proof = new CacheProof(
                in.digest(),
                in.digest(),
                in.digest(),
                Instant.ofEpochMilli(in.number()),
                in.fixed(NodeKey.SIGNATURE_BYTES));
        in.end();
        return proof;
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheProof that
                && digest().equals(that.digest())
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return digest().hashCode();
    }
}
