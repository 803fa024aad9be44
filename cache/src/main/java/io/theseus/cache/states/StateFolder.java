package io.theseus.cache.states;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of states: written beside and renamed, so that a file with the right name is whole unless the disk is at fault. */
final class StateFolder {
    private static final System.Logger LOG = System.getLogger(StateFolder.class.getName());
    private static final String ENDING = ".state";
    private static final String UNFINISHED = ".part";

    /** A file that is there. */
    record Found(StateFile.Head head, int tokens, long bytes, Instant used) {}

    private final Path folder;
    private @Nullable FileChannel claimed;

    /** @throws TheseusException {@code IO_FAILED} if the folder cannot be made */
    StateFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot make the folder of states " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Takes the folder for this process, until it ends or {@link #release}; the system lets go of it whatever happens to the process.
     *
     * @throws TheseusException {@code IO_FAILED} if it cannot, {@code BUSY} if another one has it
     */
    void claim() {
        Path file = folder.resolve("lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new TheseusException(
                        ErrorCode.BUSY,
                        "the states in " + folder + " are used by another process; give it another home");
            }
            claimed = channel;
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot lock " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // by this process
        }
    }

    /** Lets others have the folder. */
    void release() {
        FileChannel channel = claimed;
        claimed = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "cannot close a lock cause=" + e);
            }
        }
    }

    private Path file(Digest key) {
        String hex = key.hex();
        return folder.resolve(hex.substring(0, 2)).resolve(hex.substring(2) + ENDING);
    }

    void write(Digest key, byte[] bytes) throws IOException {
        Path file = file(key);
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.createDirectories(folder.resolve(key.hex().substring(0, 2)));
        Files.write(unfinished, bytes);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The bytes of a file, empty if it is not there. */
    Optional<byte[]> read(Digest key) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file(key)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void delete(Digest key) {
        try {
            Files.deleteIfExists(file(key));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot delete a state key=" + key.brief() + " cause=" + e);
        }
    }

    /** Notes when a file was used last, for the next start. */
    void touch(Digest key, Instant now) {
        try {
            Files.setLastModifiedTime(file(key), FileTime.from(now));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot touch a state key=" + key.brief() + " cause=" + e);
        }
    }

    /**
     * Everything that is there.
     *
     * @param tidy whether what cannot be one of these files, or was never finished, is deleted: only by whoever writes here
     */
    List<Found> scan(boolean tidy) {
        List<Found> found = new ArrayList<>();
        for (Path shard : list(folder, "[0-9a-f][0-9a-f]")) {
            for (Path file : list(shard, "*")) {
                try {
                    look(file, tidy).ifPresent(found::add);
                } catch (NoSuchFileException e) {
                    LOG.log(System.Logger.Level.DEBUG, "a state went while listing cause=" + e);
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.WARNING, "cannot read a state file=" + file + " cause=" + e);
                }
            }
        }
        return found;
    }

    private static List<Path> list(Path folder, String pattern) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
            stream.forEach(files::add);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot list states folder=" + folder + " cause=" + e);
        }
        return files;
    }

    private Optional<Found> look(Path file, boolean tidy) throws IOException {
        boolean named = name(file).endsWith(ENDING);
        Optional<StateFile.Opening> opening = named ? StateFile.opening(file) : Optional.empty();
        if (opening.isPresent() && file.equals(file(opening.get().head().key()))) {
            return Optional.of(new Found(
                    opening.get().head(),
                    opening.get().tokens(),
                    Files.size(file),
                    Files.getLastModifiedTime(file).toInstant()));
        }
        if (tidy && (named || name(file).endsWith(UNFINISHED))) {
            Files.deleteIfExists(file);
        }
        return Optional.empty();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
