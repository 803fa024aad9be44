package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.tensor.KvBlock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * KV state as canonical bytes, the same on every machine: per position, layer and kv head K, then V, each as d int8 and a bf16 scale
 * (docs/numerics.md, rules 8 and 12).
 */
final class KvState {
    /*
     * The state root is a hash of block hashes, so that a holder of some blocks can check them before it has the rest:
     * SHA-256("theseus/state/1" || uint32 positions || SHA-256(block 0) || SHA-256(block 1) ...), big-endian, 64 positions a block.
     */
    private static final byte[] DOMAIN = "theseus/state/1".getBytes(StandardCharsets.US_ASCII);

    private KvState() {}

    /** Bytes of one position. */
    static int bytesPerPosition(KvBlock.Shape shape) {
        return shape.canonicalBytes();
    }

    static byte[] export(KvSequence sequence, int from, int to) {
        if (from < 0 || to < from || to > sequence.length()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "state of positions " + from + " to " + to + " asked for, the sequence holds " + sequence.length());
        }
        byte[] bytes = new byte[Math.multiplyExact(to - from, bytesPerPosition(sequence.shape()))];
        int at = 0;
        for (int position = from; position < to; position++) {
            at = sequence.block(position / KvBlock.TOKENS).export(position % KvBlock.TOKENS, bytes, at);
        }
        return bytes;
    }

    /** All positions of a block. */
    static byte[] export(KvBlock block) {
        byte[] bytes = new byte[KvBlock.TOKENS * bytesPerPosition(block.shape())];
        int at = 0;
        for (int position = 0; position < KvBlock.TOKENS; position++) {
            at = block.export(position, bytes, at);
        }
        return bytes;
    }

    /** Appends exported positions; the sequence is unchanged if the bytes cannot be an export. */
    static void restore(KvSequence sequence, byte[] bytes) {
        int each = bytesPerPosition(sequence.shape());
        if (bytes.length % each != 0) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "a state of " + bytes.length + " bytes is no whole number of positions of " + each);
        }
        int count = bytes.length / each;
        sequence.reserve(count);
        int at = 0;
        for (int position = sequence.length(); position < sequence.length() + count; position++) {
            at = sequence.block(position / KvBlock.TOKENS).restore(position % KvBlock.TOKENS, bytes, at);
            if (at < 0) {
                sequence.truncate(sequence.length());
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "the state of position " + position + " holds a scale or code that no computation gives");
            }
        }
        sequence.advance(count);
    }

    /** Hash of the canonical bytes of one block's positions. */
    static byte[] blockHash(KvSequence sequence, int block) {
        int from = block * KvBlock.TOKENS;
        return sha256().digest(export(sequence, from, Math.min(sequence.length(), from + KvBlock.TOKENS)));
    }

    /** The state root of all positions. */
    static byte[] root(KvSequence sequence) {
        MessageDigest digest = sha256();
        digest.update(DOMAIN);
        digest.update(ByteBuffer.allocate(4).putInt(sequence.length()).array());
        for (int block = 0; block < KvSequence.blocksFor(sequence.length()); block++) {
            digest.update(blockHash(sequence, block));
        }
        return digest.digest();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new TheseusException(ErrorCode.INTERNAL, "this Java runtime lacks SHA-256", e);
        }
    }
}
