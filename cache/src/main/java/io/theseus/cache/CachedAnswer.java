package io.theseus.cache;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.CanonicalReader;
import io.theseus.core.Digest;
import io.theseus.proof.CacheProof;
import io.theseus.proof.CacheProof.Verdict;
import io.theseus.proof.SignedReceipt;
import java.time.Instant;
import java.util.Arrays;

/**
 * A remembered answer with the evidence for it.
 *
 * @param payload the answer's bytes, in the format of its kind; not copied, not to be changed
 */
public record CachedAnswer(AnswerInfo info, byte[] payload, SignedReceipt receipt, CacheProof proof) {
    private static final String DOMAIN = "theseus/cached-answer/1";

    /** Whether these bytes are what was computed for this key. */
    public Verdict check(Instant now) {
        return proof.check(receipt, info.key(), Digest.sha256(payload), now);
    }

    /** For export: everything but what this node counted about it. */
    public byte[] toBytes() {
        return new CanonicalBytes(DOMAIN)
                .digest(info.key())
                .digest(info.modelRoot())
                .text(info.model())
                .text(info.engine())
                .text(info.kind().word())
                .text(info.scope().word())
                .text(info.question())
                .text(info.answer())
                .number(info.created().toEpochMilli())
                .number(info.expires().toEpochMilli())
                .number(info.bytes())
                .integer(info.promptTokens())
                .integer(info.completionTokens())
                .number(info.computeNanos())
                .flag(info.pinned())
                .bytes(payload)
                .bytes(receipt.toBytes())
                .bytes(proof.toBytes())
                .toBytes();
    }

    /**
     * Reads {@link #toBytes()}; does not check the proof.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if they are something else
     */
    public static CachedAnswer read(byte[] bytes) {
        CanonicalReader in = new CanonicalReader(DOMAIN, bytes);
        Digest key = in.digest();
        Digest modelRoot = in.digest();
        String model = in.text();
        String engine = in.text();
        AnswerKind kind = AnswerKind.of(in.text());
        Scope scope = Scope.of(in.text());
        String question = in.text();
        String answer = in.text();
        Instant created = Instant.ofEpochMilli(in.number());
        Instant expires = Instant.ofEpochMilli(in.number());
        long size = in.number();
        int promptTokens = in.integer();
        int completionTokens = in.integer();
        long computeNanos = in.number();
        boolean pinned = in.flag();
        AnswerInfo info = new AnswerInfo(
                key,
                modelRoot,
                model,
                engine,
                kind,
                scope,
                question,
                answer,
                created,
                expires,
                size,
                promptTokens,
                completionTokens,
                computeNanos,
                0,
                created,
                pinned);
        CachedAnswer read =
                new CachedAnswer(info, in.bytes(), SignedReceipt.read(in.bytes()), CacheProof.read(in.bytes()));
        in.end();
        return read;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CachedAnswer that
                && info.equals(that.info)
                && Arrays.equals(payload, that.payload)
                && receipt.equals(that.receipt)
                && proof.equals(that.proof);
    }

    @Override
    public int hashCode() {
        return info.key().hashCode();
    }
}
