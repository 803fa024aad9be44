package io.theseus.cache.states;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of states: written beside and renamed, so that a file with the right name is whole unless the disk is at fault. */
final class StateFolder {
    private static final System.Logger LOG = System.getLogger(StateFolder.class.getName());
    private static final String ENDING = ".state";
    private static final String UNFINISHED = ".part";

    /** A file that is there. */
    record Found(StateFile.Head head, long bytes, Instant used) {}

    private final Path folder;

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

    private Path file(Digest key) {
        String hex = key.hex();
        return folder.resolve(hex.substring(0, 2)).resolve(hex.substring(2) + ENDING);
    }

    void write(Digest key, byte[] bytes) throws IOException {
        Path file = file(key);
        Path parent = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.createDirectories(folder.resolve(key.hex().substring(0, 2)));
        Files.write(parent, bytes);
        Files.move(parent, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
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

    /** Everything that is there; what cannot be one of these files, or was never finished, is deleted. */
    List<Found> scan() {
        List<Found> found = new ArrayList<>();
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, "[0-9a-f][0-9a-f]")) {
            for (Path shard : shards) {
                scan(shard, found);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot list states folder=" + folder + " cause=" + e);
        }
        return found;
    }

    private void scan(Path shard, List<Found> found) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
            for (Path file : files) {
                Optional<StateFile.Head> head = name(file).endsWith(ENDING) ? StateFile.head(file) : Optional.empty();
                if (head.isPresent() && file.equals(file(head.get().key()))) {
                    found.add(new Found(
                            head.get(),
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()));
                } else if (name(file).endsWith(ENDING) || name(file).endsWith(UNFINISHED)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "a state went while listing cause=" + e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
