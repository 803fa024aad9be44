package io.theseus.cache.store;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells every process on one home at once that answers were taken away: a number in a mapped file, which each removal adds 1 to and each
 * hit in memory compares. Reading it costs as much as reading a variable.
 */
public final class ChangeCounter {
    private static final VarHandle NUMBER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer mapped;

    private ChangeCounter(ByteBuffer mapped) {
        this.mapped = mapped;
    }

    /** The counter in {@code file}, which is made if it is not there. */
    static ChangeCounter open(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new ChangeCounter(
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES).order(ByteOrder.nativeOrder()));
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot use the cache's file " + file + ": " + e.getMessage(), e);
        }
    }

    public long value() {
        return (long) NUMBER.getVolatile(mapped, 0);
    }

    void changed() {
        NUMBER.getAndAdd(mapped, 0, 1L);
    }
}
