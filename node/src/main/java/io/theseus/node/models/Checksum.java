package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files. */
final class Checksum {
    private static final int CHUNK = 1 << 20;

    private Checksum() {}

    /**
     * The SHA-256 of {@code file} in lower-case hexadecimal.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    static String sha256(Path file, FetchListener listener) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
            long total = channel.size();
            for (long done = 0; channel.read(buffer) >= 0; ) {
                done += buffer.flip().remaining();
                digest.update(buffer);
                buffer.clear();
                listener.on(new FetchEvent.Checking(done, total));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new TheseusException(ErrorCode.INTERNAL, "this Java has no SHA-256, which every Java must have", e);
        }
    }
}
