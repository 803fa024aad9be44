package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file, mapped read-only. The header is checked whole before anything is handed out; tensor bytes are not looked at.
 *
 * <p>Source: the GGUF specification (ggml, docs/gguf.md), versions 2 and 3, little-endian.
 */
public final class GgufFile implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final int version;
    private final GgufMetadata metadata;
    private final Map<String, TensorInfo> tensors;

    private GgufFile(Path path, Arena arena, MemorySegment file, GgufHeader header) {
        this.path = path;
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
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if there is no such file, {@link ErrorCode#MODEL_INVALID} if its
     *     header contradicts itself or the file's length, {@link ErrorCode#MODEL_UNSUPPORTED} for another version or tensor type,
     *     {@link ErrorCode#IO_FAILED} if it cannot be read
     */
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return new GgufFile(path, arena, file, GgufHeader.parse(file, path.getFileName() + ""));
        } catch (NoSuchFileException e) {
            arena.close();
            throw new TheseusException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "no model file at " + path + "; check the path, or see `theseus models`",
                    e);
        } catch (IOException e) {
            arena.close();
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + path + ": " + e.getMessage(), e);
        } catch (TheseusException e) {
            arena.close();
            throw e;
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

    /** All tensors in the file's order. */
    public List<TensorInfo> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<TensorInfo> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** The bytes of {@code tensor}, read-only, valid until this file is closed. */
    public MemorySegment data(TensorInfo tensor) {
        return file.asSlice(tensor.offset(), tensor.bytes());
    }

    /** Length of the file in bytes. */
    public long bytes() {
        return file.byteSize();
    }

    @Override
    public void close() {
        arena.close();
    }
}
