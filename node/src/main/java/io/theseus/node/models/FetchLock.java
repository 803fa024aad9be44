package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Held while a model's folder is written, by at most one thread of one process on this machine. The operating system takes it from a
 * process that dies. Lock files stay behind: deleting one that another process has just opened would let two in.
 */
final class FetchLock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final FileChannel channel;

    private FetchLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits until the lock called {@code name} in {@code folder} is free and takes it.
     *
     * @param whenHeld called once if someone else has it
     */
    static FetchLock take(Path folder, String name, Pause pause, Runnable whenHeld) throws InterruptedException {
        Path file = folder.resolve(name + ".lock");
        boolean told = false;
        while (true) {
            FetchLock lock = tryTake(folder, file);
            if (lock != null) {
                return lock;
            }
            if (!told) {
                whenHeld.run();
                told = true;
            }
            pause.of(POLL);
        }
    }

    private static @Nullable FetchLock tryTake(Path folder, Path file) {
        FileChannel channel = null;
        boolean taken = false;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            taken = lock != null;
            return taken ? new FetchLock(channel) : null;
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
            return null;
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot lock " + file + ": " + e + "; is the home folder writable?", e);
        } finally {
            if (!taken && channel != null) {
                close(channel);
            }
        }
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot release a lock: " + e.getMessage(), e);
        }
    }
}
