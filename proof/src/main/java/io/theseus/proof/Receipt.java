package io.theseus.proof;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.CanonicalReader;
import io.theseus.core.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * A node's signed word on one answer: what was asked of which model, what came out, and when.
 *
 * <p>Canonical bytes, in the order of the components, under {@code theseus/receipt/1}: digests and the key as 32 bytes, counts as int32,
 * times as milliseconds since 1970 in int64, the verification as one byte, an optional digest as a byte 0, or a byte 1 and the digest.
 * Receipts that will also carry nonces, a seed commitment, a price and the client's counter-signature are another version.
 *
 * @param modelRoot the function that was computed; for an engine that has none, the hash that the caller knows its model by
 * @param engineId the arithmetic, such as {@code theseus-numerics 1}
 * @param requestHash the answer's key: parameters and tokens
 * @param promptTokens tokens read
 * @param completionTokens tokens generated
 * @param responseHash SHA-256 of the answer's canonical bytes
 * @param traceRoot Merkle root over the residuals of each token and layer; absent until the engine keeps traces
 * @param stateRoot hash of the state after the answer; absent until somebody exports it
 * @param began when the answer was asked for, whole milliseconds
 * @param ended when it was complete, whole milliseconds
 * @param node who computed it, or, unverified, who vouches for having received it
 */
public record Receipt(
        Verification verification,
        Digest modelRoot,
        String engineId,
        Digest requestHash,
        int promptTokens,
        int completionTokens,
        Digest responseHash,
        Optional<Digest> traceRoot,
        Optional<Digest> stateRoot,
        Instant began,
        Instant ended,
        PublicKeyId node) {
    private static final String DOMAIN = "theseus/receipt/1";

    /** What a receipt is worth as evidence. */
    public enum Verification {
        /** Computed bit-exactly: recomputing gives the same bytes, so a mismatch proves a lie. */
        EXACT_ENGINE(1, "exact-engine"),
        /** Received from another engine: the signature says only that this node got it from there. */
        UNVERIFIED_ENGINE(2, "unverified-engine");

        private final int code;
        private final String word;

        Verification(int code, String word) {
            this.code = code;
            this.word = word;
        }

        /** As people and JSON have it. */
        public String word() {
            return word;
        }
    }

    public Receipt {
        began = Instant.ofEpochMilli(began.toEpochMilli());
        ended = Instant.ofEpochMilli(ended.toEpochMilli());
    }

    /** The bytes that are signed and hashed. */
    public byte[] canonicalBytes() {
        CanonicalBytes out = new CanonicalBytes(DOMAIN)
                .octet(verification.code)
                .digest(modelRoot)
                .text(engineId)
                .digest(requestHash)
                .integer(promptTokens)
                .integer(completionTokens)
                .digest(responseHash);
        optional(out, traceRoot);
        optional(out, stateRoot);
        return out.number(began.toEpochMilli())
                .number(ended.toEpochMilli())
                .fixed(node.bytes())
                .toBytes();
    }

    private static void optional(CanonicalBytes out, Optional<Digest> digest) {
        out.flag(digest.isPresent());
        digest.ifPresent(out::digest);
    }

    /**
     * Reads {@link #canonicalBytes()}.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if they are not a receipt's
     */
    public static Receipt read(byte[] canonicalBytes) {
        CanonicalReader in = new CanonicalReader(DOMAIN, canonicalBytes);
        Receipt receipt = new Receipt(
                verification(in),
                in.digest(),
                in.text(),
                in.digest(),
                in.integer(),
                in.integer(),
                in.digest(),
                optional(in),
                optional(in),
                Instant.ofEpochMilli(in.number()),
                Instant.ofEpochMilli(in.number()),
                PublicKeyId.of(in.fixed(PublicKeyId.BYTES)));
        in.end();
        return receipt;
    }

    private static Optional<Digest> optional(CanonicalReader in) {
        return in.flag() ? Optional.of(in.digest()) : Optional.empty();
    }

    private static Verification verification(CanonicalReader in) {
        int code = in.octet();
        for (Verification verification : Verification.values()) {
            if (verification.code == code) {
                return verification;
            }
        }
        throw in.malformed("verification " + code + " is unknown");
    }
}
