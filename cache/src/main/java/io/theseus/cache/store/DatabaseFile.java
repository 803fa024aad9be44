package io.theseus.cache.store;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * The database's file: opened as we need it, and set aside when it is damaged.
 *
 * <p>Source: https://www.sqlite.org/wal.html; with {@code synchronous = NORMAL} a commit survives the death of the process, and the
 * database is whole even after a power failure, which may take the last commits along.
 */
final class DatabaseFile {
    private static final System.Logger LOG = System.getLogger(DatabaseFile.class.getName());
    private static final int BUSY_MILLIS = 10_000;
    private static final int OWN_CACHE_KIB = 4096;

    private final Path file;
    private final InstantSource clock;

    private DatabaseFile(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    static DatabaseFile in(Path folder, InstantSource clock) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
                    // What people ask is nobody else's business.
                    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                }
            }
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot make the folder of the cache, " + folder + ": " + e.getMessage(), e);
        }
        return new DatabaseFile(folder.resolve("answers.db"), clock);
    }

    /** Sessions on this file for one lane. */
    Lane.Source source(boolean writes) {
        AtomicReference<@Nullable Object> opened = new AtomicReference<>();
        return new Lane.Source() {
            @Override
            public Session open() throws SQLException {
                try {
                    return opened(opened, writes);
                } catch (SQLException e) {
                    if (!SqlFaults.damage(e)) {
                        throw e;
                    }
                    setAside(opened.get(), e);
                    return opened(opened, writes);
                }
            }

            @Override
            public void damaged(SQLException how) {
                setAside(opened.get(), how);
            }
        };
    }

    private Session opened(AtomicReference<@Nullable Object> opened, boolean writes) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setSynchronous(SynchronousMode.NORMAL);
        config.setJournalMode(JournalMode.WAL);
        config.setCacheSize(-OWN_CACHE_KIB);
        Session session = new Session(config.createConnection("jdbc:sqlite:" + file));
        try {
            opened.set(identity());
            Schema.migrate(session);
            if (writes) {
                session.execute("PRAGMA optimize");
            }
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Which file it is that has this name now, where the file system can tell. */
    private @Nullable Object identity() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Moves the damaged file out of the way, unless another thread or process already has.
     *
     * @param was the identity of the file that is damaged
     */
    private synchronized void setAside(@Nullable Object was, SQLException how) {
        String suffix = ".damaged-" + clock.instant().toEpochMilli();
        try (FileChannel lockFile = FileChannel.open(
                        file.resolveSibling("answers.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.lock()) {
            if (was != null && !Objects.equals(was, identity())) {
                return;
            }
            deleteEarlier();
            for (String part : new String[] {"", "-wal", "-shm"}) {
                Path name = file.resolveSibling(file.getFileName() + part);
                if (Files.exists(name)) {
                    Files.move(name, file.resolveSibling(file.getFileName() + suffix + part));
                }
            }
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the cache's database is damaged and was set aside; a new one begins file=" + file + suffix
                            + " cause=" + how.getMessage());
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED,
                    "the cache's database " + file + " is damaged and cannot be moved away (" + e.getMessage()
                            + "); delete it",
                    e);
        }
    }

    /** One damaged database is enough to find out what happened; several would fill the disk. */
    private void deleteEarlier() throws IOException {
        try (Stream<Path> files = Files.list(file.resolveSibling("."))) {
            for (Path old : files.toList()) {
                if (String.valueOf(old.getFileName()).startsWith(file.getFileName() + ".damaged-")) {
                    Files.delete(old);
                }
            }
        }
    }
}
