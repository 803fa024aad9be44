package io.theseus.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import io.theseus.proof.CacheProof.Verdict;
import io.theseus.proof.Receipt.Verification;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is signed and stored comes back, and not one bit of it may be another. */
class ProofProperties {
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_123L);
    private static final byte[] ANSWER = "Paris.".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    private final NodeKey key = NodeKey.generate();

    @Test
    void whatIsSignedComesBackAndCounts() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 50; i++) {
            SignedReceipt receipt = SignedReceipt.of(randomReceipt(random), key);
            CacheProof proof = CacheProof.of(receipt, key);
            SignedReceipt readReceipt = SignedReceipt.read(receipt.toBytes());
            CacheProof readProof = CacheProof.read(proof.toBytes());

            assertThat(readReceipt).isEqualTo(receipt);
            assertThat(readProof).isEqualTo(proof);
            assertThat(readProof.check(readReceipt, request(receipt), Digest.sha256(ANSWER), NOW))
                    .isEqualTo(Verdict.VALID);
        }
    }

    @Test
    void everyFlippedBitOfReceiptProofOrAnswerIsRefused() {
        SignedReceipt receipt = SignedReceipt.of(randomReceipt(new SplittableRandom(1)), key);
        CacheProof proof = CacheProof.of(receipt, key);
        byte[] receiptBytes = receipt.toBytes();
        byte[] proofBytes = proof.toBytes();

        for (int bit = 0; bit < receiptBytes.length * 8; bit++) {
            assertThat(verdict(flip(receiptBytes, bit), proofBytes, ANSWER, request(receipt)))
                    .as("bit %d of the receipt", bit)
                    .isEqualTo(Verdict.REFUSED);
        }
        for (int bit = 0; bit < proofBytes.length * 8; bit++) {
            assertThat(verdict(receiptBytes, flip(proofBytes, bit), ANSWER, request(receipt)))
                    .as("bit %d of the proof", bit)
                    .isEqualTo(Verdict.REFUSED);
        }
        for (int bit = 0; bit < ANSWER.length * 8; bit++) {
            assertThat(verdict(receiptBytes, proofBytes, flip(ANSWER, bit), request(receipt)))
                    .as("bit %d of the answer", bit)
                    .isEqualTo(Verdict.REFUSED);
        }
        for (int bit = 0; bit < 256; bit++) {
            Digest other = Digest.of(flip(request(receipt).bytes(), bit));
            assertThat(verdict(receiptBytes, proofBytes, ANSWER, other))
                    .as("bit %d of the request", bit)
                    .isEqualTo(Verdict.REFUSED);
        }
    }

    @Test
    void aProofCountsForADayFromItsOwnTime() {
        SignedReceipt receipt = SignedReceipt.of(randomReceipt(new SplittableRandom(2)), key);
        CacheProof proof = CacheProof.of(receipt, key);
        Instant made = receipt.receipt().ended();

        assertThat(at(proof, receipt, made)).isEqualTo(Verdict.VALID);
        assertThat(at(proof, receipt, made.plus(CacheProof.VALIDITY).minusMillis(1)))
                .isEqualTo(Verdict.VALID);
        assertThat(at(proof, receipt, made.plus(CacheProof.VALIDITY))).isEqualTo(Verdict.EXPIRED);
        assertThat(at(proof, receipt, made.minus(CacheProof.CLOCK_SKEW))).isEqualTo(Verdict.VALID);
        assertThat(at(proof, receipt, made.minus(CacheProof.CLOCK_SKEW).minusMillis(1)))
                .isEqualTo(Verdict.REFUSED);
    }

    @Test
    void anotherNodesSignatureUnderOurNameIsRefused() {
        NodeKey other = NodeKey.generate();
        SignedReceipt receipt = SignedReceipt.of(randomReceipt(new SplittableRandom(3)), key);
        CacheProof forged = CacheProof.of(receipt, other);

        assertThat(at(forged, receipt, NOW)).isEqualTo(Verdict.REFUSED);
        SignedReceipt forgedReceipt = new SignedReceipt(
                receipt.receipt(), other.sign(receipt.receipt().canonicalBytes()));
        assertThat(forgedReceipt.genuine()).isFalse();
        assertThat(at(CacheProof.of(receipt, key), forgedReceipt, NOW)).isEqualTo(Verdict.REFUSED);
    }

    private static Verdict at(CacheProof proof, SignedReceipt receipt, Instant now) {
        return proof.check(receipt, request(receipt), Digest.sha256(ANSWER), now);
    }

    private static Verdict verdict(byte[] receipt, byte[] proof, byte[] answer, Digest request) {
        try {
            return CacheProof.read(proof).check(SignedReceipt.read(receipt), request, Digest.sha256(answer), NOW);
        } catch (TheseusException e) {
            return Verdict.REFUSED;
        }
    }

    private static Digest request(SignedReceipt receipt) {
        return receipt.receipt().requestHash();
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << (bit % 8));
        return copy;
    }

    private Receipt randomReceipt(SplittableRandom random) {
        return new Receipt(
                random.nextBoolean() ? Verification.EXACT_ENGINE : Verification.UNVERIFIED_ENGINE,
                digest(random),
                "theseus-numerics " + random.nextInt(9),
                digest(random),
                random.nextInt(100_000),
                random.nextInt(100_000),
                Digest.sha256(ANSWER),
                random.nextBoolean() ? Optional.of(digest(random)) : Optional.empty(),
                random.nextBoolean() ? Optional.of(digest(random)) : Optional.empty(),
                NOW.minusMillis(random.nextInt(60_000)),
                NOW,
                key.id());
    }

    private static Digest digest(SplittableRandom random) {
        byte[] bytes = new byte[Digest.BYTES];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }
}
