package io.theseus.node.models;

import io.theseus.core.DataSize;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The room there is for files. */
interface Disk {
    /** Never filled up to the last byte: other programs live here as well. */
    long RESERVE = 64L << 20;

    /** The file system's own. */
    Disk REAL = path -> Files.getFileStore(path).getUsableSpace();

    /** Bytes that can be written into {@code folder}. */
    long usable(Path folder) throws IOException;

    /**
     * Refuses a file that will not fit.
     *
     * @param folder where it will lie; created if it is not there
     * @param total its length, if known
     * @param here bytes of it that are there already
     * @throws TheseusException {@link ErrorCode#IO_FAILED} if there is too little room
     */
    default void require(Path folder, OptionalLong total, long here) throws IOException {
        Files.createDirectories(folder);
        long needed = Math.max(0, total.orElse(0) - here);
        long usable = usable(folder);
        if (usable - RESERVE < needed) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED,
                    new DataSize(needed).forPeople() + " are needed in " + folder + ", but only "
                            + new DataSize(Math.max(0, usable)).forPeople() + " are free ("
                            + new DataSize(RESERVE).forPeople()
                            + " stay so); free some space, or put the home folder elsewhere with THESEUS_HOME");
        }
    }

    /**
     * Writes all of {@code bytes}.
     *
     * @throws TheseusException {@link ErrorCode#IO_FAILED} if that fails, most likely because the disk is full
     */
    default void write(FileChannel file, ByteBuffer bytes) throws InterruptedException {
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new TheseusException(
                    ErrorCode.IO_FAILED,
                    "cannot write the model to disk: " + e.getMessage() + "; is the disk full?",
                    e);
        }
    }
}
