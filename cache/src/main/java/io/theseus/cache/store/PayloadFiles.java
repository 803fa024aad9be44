package io.theseus.cache.store;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Large payloads, each in a file that is named by its SHA-256: {@code 3f/3fa9...}. A file under its name is whole. */
final class PayloadFiles {
    private static final System.Logger LOG = System.getLogger(PayloadFiles.class.getName());

    /** A file younger than this may belong to a row that another process is about to write. */
    static final Duration ORPHAN_AGE = Duration.ofMinutes(10);

    private final Path folder;

    PayloadFiles(Path folder) {
        this.folder = folder;
    }

    private Path file(Digest digest) {
        String name = digest.hex();
        return folder.resolve(name.substring(0, 2)).resolve(name);
    }

    /** Writes {@code payload} so that it is there, whole and on disk, when this returns. */
    void write(Digest digest, byte[] payload) {
        Path file = file(digest);
        try {
            if (Files.exists(file) && Files.size(file) == payload.length) {
                return;
            }
            Files.createDirectories(file.getParent());
            Path fresh = Files.createTempFile(folder, "new-", ".part");
            try {
                try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                    ByteBuffer bytes = ByteBuffer.wrap(payload);
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                    out.force(true);
                }
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot write the cache's file " + file + ": " + e.getMessage(), e);
        }
    }

    /** The payload, or empty if its file is gone. Whether it is the right one, the answer's proof says. */
    Optional<byte[]> read(Digest digest) {
        try {
            return Optional.of(Files.readAllBytes(file(digest)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot read the cache's file " + file(digest) + ": " + e.getMessage(), e);
        }
    }

    void delete(Digest digest) {
        try {
            Files.deleteIfExists(file(digest));
        } catch (IOException e) {
            // It has no row any more, so the next start sweeps it.
            LOG.log(System.Logger.Level.WARNING, "cannot delete a payload file=" + file(digest) + " cause=" + e);
        }
    }

    /** Deletes old files that no row knows: leftovers of a process that was killed between file and row. */
    int sweep(Predicate<Digest> known, Instant now) {
        int swept = 0;
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(file.getFileName());
                boolean kept = name.matches("[0-9a-f]{64}") && known.test(Digest.parse(name));
                if (!kept && Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(ORPHAN_AGE))) {
                    Files.deleteIfExists(file);
                    swept++;
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot sweep the cache's files folder=" + folder + " cause=" + e);
        }
        return swept;
    }
}
