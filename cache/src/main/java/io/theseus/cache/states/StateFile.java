package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * One block of state in one file. Its name is the block's; whatever is not exactly what was written is not believed.
 *
 * <pre>
 * "THSTATE1" | 32 root | 32 parent | 32 key | uint32 index | uint32 n, n * uint32 token ids | uint32 m, m bytes of state
 * | 32 SHA-256 of all before it
 * </pre>
 *
 * all big-endian; index counts the block from 0 in its prompt, parent is the key of the block before it or the root.
 */
final class StateFile {
    private static final byte[] MAGIC = "THSTATE1".getBytes(StandardCharsets.US_ASCII);

    private static final int HEAD = MAGIC.length + 3 * Digest.BYTES + 4;

    /** What can be read without reading it whole. */
    record Head(Digest root, Digest parent, Digest key, int index) {}

    private StateFile() {}

    static byte[] encode(Head head, int[] tokens, byte[] state) {
        ByteBuffer out = ByteBuffer.allocate(size(tokens.length, state.length));
        out.put(MAGIC);
        out.put(head.root().bytes()).put(head.parent().bytes()).put(head.key().bytes());
        out.putInt(head.index()).putInt(tokens.length);
        for (int token : tokens) {
            out.putInt(token);
        }
        out.putInt(state.length).put(state);
        var digest = Digest.algorithm();
        digest.update(out.array(), 0, out.position());
        return out.put(digest.digest()).array();
    }

    /** Bytes of a file. */
    static int size(int tokens, int stateBytes) {
        return HEAD + 4 + 4 * tokens + 4 + stateBytes + Digest.BYTES;
    }

    /** The state in {@code file}, if it is whole and that of this block after these tokens. */
    static Optional<byte[]> decode(byte[] file, Head head, int[] tokens) {
        int body = file.length - Digest.BYTES;
        int stateBytes = body - HEAD - 4 - 4 * tokens.length - 4;
        if (stateBytes < 0) {
            return Optional.empty();
        }
        var digest = Digest.algorithm();
        digest.update(file, 0, body);
        byte[] state = Arrays.copyOfRange(file, body - stateBytes, body);
        // Whatever passes the checksum and differs from what these very tokens would have written is another block's.
        return Arrays.equals(digest.digest(), 0, Digest.BYTES, file, body, file.length)
                        && sameHead(file, head, tokens, stateBytes)
                ? Optional.of(state)
                : Optional.empty();
    }

    private static boolean sameHead(byte[] file, Head head, int[] tokens, int stateBytes) {
        byte[] expected = encode(head, tokens, new byte[0]);
        int end = HEAD + 4 + 4 * tokens.length;
        return Arrays.equals(file, 0, end, expected, 0, end)
                && ByteBuffer.wrap(file).getInt(end) == stateBytes;
    }

    /** What a file says at its beginning. */
    record Opening(Head head, int tokens) {}

    /** The beginning of a file, if it is one of these; what follows is not checked. */
    static Optional<Opening> opening(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(HEAD + 4);
            if (bytes.length < HEAD + 4 || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                return Optional.empty();
            }
            ByteBuffer in = ByteBuffer.wrap(bytes).position(MAGIC.length);
            Head head = new Head(digest(in), digest(in), digest(in), in.getInt());
            int tokens = in.getInt();
            return head.index() < 0 || tokens < 1 || tokens > (Files.size(file) - HEAD) / 4
                    ? Optional.empty()
                    : Optional.of(new Opening(head, tokens));
        }
    }

    private static Digest digest(ByteBuffer in) {
        byte[] bytes = new byte[Digest.BYTES];
        in.get(bytes);
        return Digest.of(bytes);
    }
}
