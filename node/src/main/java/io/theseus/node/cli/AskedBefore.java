package io.theseus.node.cli;

import io.theseus.core.Digest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A guess whether a question was asked before, at the cost of reading one byte: only if it was is it worth making the prompt before the
 * model is loaded. A question that was asked is always recognised; another one rarely, which costs a fraction of a second.
 *
 * <p>Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", CACM 1970, with one hash.
 */
final class AskedBefore {
    private static final int BITS = 1 << 20;

    private final Path file;

    /** @param home of the node */
    AskedBefore(Path home) {
        file = home.resolve("cache").resolve("asked");
    }

    boolean contains(Digest question) {
        int bit = bit(question);
        if (!Files.exists(file)) {
            return false;
        }
        try (RandomAccessFile bits = new RandomAccessFile(file.toFile(), "r")) {
            bits.seek(bit / 8);
            return (Math.max(0, bits.read()) >> bit % 8 & 1) == 1;
        } catch (IOException e) {
            // Without the guess the answer comes as if for the first time.
            return false;
        }
    }

    void add(Digest question) {
        int bit = bit(question);
        try (RandomAccessFile bits = new RandomAccessFile(file.toFile(), "rw")) {
            bits.seek(bit / 8);
            int before = Math.max(0, bits.read());
            bits.seek(bit / 8);
            bits.write(before | 1 << bit % 8);
        } catch (IOException e) {
            System.getLogger(AskedBefore.class.getName())
                    .log(System.Logger.Level.DEBUG, "the guess is not kept file=" + file, e);
        }
    }

    private static int bit(Digest question) {
        return ByteBuffer.wrap(question.bytes()).getInt() & BITS - 1;
    }
}
