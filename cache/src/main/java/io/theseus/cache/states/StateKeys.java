package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Names of blocks: each the hash of the block's tokens and of the name of the block before it, so that equal names mean equal
 * tokens from the beginning of the prompt on, by the same model and arithmetic.
 *
 * @param root name of the empty prompt
 * @param blockTokens tokens of a block
 */
public record StateKeys(Digest root, int blockTokens) {
    /*
     * h_0 = SHA-256("theseus/states/1" || 32 bytes model root || uint32 length, UTF-8 of the engine id || uint32 length, salt)
     * h_i = SHA-256(h_{i-1} || uint32 token ids), all big-endian; h_{i-1} has 32 bytes and a block a fixed number of tokens, so no two
     * different inputs look alike.
     */
    private static final byte[] DOMAIN = "theseus/states/1".getBytes(StandardCharsets.US_ASCII);

    /**
     * The names for one model.
     *
     * @param engineId the arithmetic
     * @param salt keeps scopes apart that must not share states; empty = none
     */
    public static StateKeys of(Digest modelRoot, String engineId, byte[] salt, int blockTokens) {
        byte[] engine = engineId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer lengths = ByteBuffer.allocate(8).putInt(engine.length).putInt(salt.length);
        byte[] engineLength = Arrays.copyOf(lengths.array(), 4);
        byte[] saltLength = Arrays.copyOfRange(lengths.array(), 4, 8);
        return new StateKeys(
                Digest.sha256(DOMAIN, modelRoot.bytes(), engineLength, engine, saltLength, salt), blockTokens);
    }

    /** The names of the whole blocks of {@code tokens}. */
    public List<Digest> chain(int[] tokens) {
        List<Digest> chain = new ArrayList<>();
        Digest before = root;
        for (int from = 0; from + blockTokens <= tokens.length; from += blockTokens) {
            ByteBuffer ids = ByteBuffer.allocate(4 * blockTokens);
            ids.asIntBuffer().put(tokens, from, blockTokens);
            before = Digest.sha256(before.bytes(), ids.array());
            chain.add(before);
        }
        return chain;
    }
}
