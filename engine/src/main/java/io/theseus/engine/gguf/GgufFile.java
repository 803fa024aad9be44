package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A GGUF file, mapped read-only. The header is checked whole before anything is handed out; tensor bytes are not looked at.
 * Metadata stays readable after the file is closed.
 *
 * <p>A file must not be cut short while it is open. {@link #data} notices when that has happened; a later access to a page that is
 * gone ends in an {@link InternalError} of the virtual machine. Replacing a file by renaming another over it does no harm.
 *
 * <p>Source: the GGUF specification (ggml, docs/gguf.md), versions 2 and 3, little-endian.
 */
public final class GgufFile implements TensorFile {
    private final Path path;
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment file;
    private final int version;
    private final GgufMetadata metadata;
    private final Map<String, TensorInfo> tensors;

    private GgufFile(Path path, FileChannel channel, Arena arena, MemorySegment file, GgufHeader header) {
        this.path = path;
        this.channel = channel;
        this.arena = arena;
        this.file = file;
        this.version = header.version();
        this.metadata = header.metadata();
        this.tensors = new LinkedHashMap<>();
        for (TensorInfo info : header.tensors()) {
            this.tensors.put(info.name(), info);
        }
    }

    /**
     * Maps and checks {@code path}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if there is no such file, {@link ErrorCode#MODEL_INVALID} if it is not
     *     a GGUF file or its header contradicts itself or the file's length, {@link ErrorCode#MODEL_UNSUPPORTED} for another version,
     *     byte order or tensor type and for a part of a split model, {@link ErrorCode#IO_FAILED} if it cannot be read
     */
    public static GgufFile open(Path path) {
        // Opening a pipe would wait for a writer, and a folder can be opened on some systems.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new TheseusException(
                    ErrorCode.MODEL_NOT_FOUND,
                    path + " is " + (Files.isDirectory(path) ? "a folder" : "not a plain file")
                            + "; name the .gguf file itself");
        }
        FileChannel channel = null;
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            long bytes = channel.size();
            Path name = path.getFileName();
            GgufHeader header =
                    GgufHeader.parse(new HeaderBytes(channel, bytes, name == null ? path.toString() : name.toString()));
            MemorySegment file = channel.map(MapMode.READ_ONLY, 0, bytes, arena);
            GgufFile result = new GgufFile(path, channel, arena, file, header);
            opened = true;
            return result;
        } catch (NoSuchFileException e) {
            throw new TheseusException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "no model file at " + path + "; check the path, or see `theseus models`",
                    e);
        } catch (AccessDeniedException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "no permission to read " + path + "; change the file's permissions", e);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + path + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                arena.close();
                closeQuietly(channel);
            }
        }
    }

    public Path path() {
        return path;
    }

    /** Format version, 2 or 3. */
    public int version() {
        return version;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    @Override
    public List<TensorInfo> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public Optional<TensorInfo> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public MemorySegment data(TensorInfo tensor) {
        try {
            if (channel.size() < file.byteSize()) {
                throw new TheseusException(
                        ErrorCode.IO_FAILED,
                        path + " was cut from " + file.byteSize() + " to " + channel.size()
                                + " bytes while in use; fetch the model again and restart");
            }
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + path + ": " + e.getMessage(), e);
        }
        return file.asSlice(tensor.offset(), tensor.bytes());
    }

    /** Length of the file in bytes. */
    public long bytes() {
        return file.byteSize();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        closeQuietly(channel);
    }

    /** A channel that was only read from has nothing to lose when closing it fails. */
    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            System.getLogger(GgufFile.class.getName()).log(System.Logger.Level.DEBUG, "closing a model file", e);
        }
    }
}
