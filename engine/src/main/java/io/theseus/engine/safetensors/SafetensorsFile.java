package io.theseus.engine.safetensors;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.TensorFile;
import io.theseus.engine.gguf.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
 * A safetensors file, mapped read-only. The header is checked whole before anything is handed out; tensor bytes are not looked at.
 *
 * <p>Source: the format's description in huggingface/safetensors, README.md: uint64 little-endian length of the header, the header in
 * JSON, the tensors' bytes.
 */
public final class SafetensorsFile implements TensorFile {
    /** The format allows 100 MB; no model here comes near this. */
    private static final int MAX_HEADER = 32 << 20;

    private final Path path;
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment file;
    private final Map<String, String> metadata;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private SafetensorsFile(Path path, FileChannel channel, Arena arena, MemorySegment file, SafetensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.arena = arena;
        this.file = file;
        this.metadata = header.metadata();
        header.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    /**
     * Maps and checks {@code path}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if there is no such file, {@link ErrorCode#MODEL_INVALID} if it is no
     *     safetensors file or contradicts itself, {@link ErrorCode#MODEL_UNSUPPORTED} for an unknown type of tensor, {@link
     *     ErrorCode#IO_FAILED} if it cannot be read
     */
    public static SafetensorsFile open(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new TheseusException(ErrorCode.MODEL_NOT_FOUND, path + " is not a plain file");
        }
        FileChannel channel = null;
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            long bytes = channel.size();
            String name = String.valueOf(path.getFileName());
            String json = header(channel, name, bytes);
            long dataStart = Long.BYTES + (long) json.getBytes(StandardCharsets.UTF_8).length;
            SafetensorsHeader header = SafetensorsHeader.parse(json, name, dataStart, bytes);
            MemorySegment file = channel.map(MapMode.READ_ONLY, 0, bytes, arena);
            SafetensorsFile result = new SafetensorsFile(path, channel, arena, file, header);
            opened = true;
            return result;
        } catch (NoSuchFileException e) {
            throw new TheseusException(ErrorCode.MODEL_NOT_FOUND, "no model file at " + path + "; check the path", e);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + path + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                arena.close();
                closeQuietly(channel);
            }
        }
    }

    /** Whether {@code path} begins as a safetensors file does: the length of a header that fits, then a brace. */
    public static boolean looksLike(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + 1).order(ByteOrder.LITTLE_ENDIAN);
            if (read(channel, start, 0)) {
                long length = start.getLong(0);
                return length >= 2 && length <= channel.size() - Long.BYTES && start.get(Long.BYTES) == '{';
            }
            return false;
        }
    }

    private static String header(FileChannel channel, String name, long fileBytes) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long length = read(channel, start, 0) ? start.getLong(0) : -1;
        if (length < 2 || length > Math.min(MAX_HEADER, fileBytes - Long.BYTES)) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    name + ": not a safetensors file, or cut short: of " + fileBytes + " bytes the header would take "
                            + Long.toUnsignedString(length));
        }
        ByteBuffer json = ByteBuffer.allocate((int) length);
        if (!read(channel, json, Long.BYTES)) {
            throw new TheseusException(ErrorCode.MODEL_INVALID, name + ": the file became shorter while it was read");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(json.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID, name + ": the header is not UTF-8 text; the file is damaged", e);
        }
    }

    private static boolean read(FileChannel channel, ByteBuffer to, long at) throws IOException {
        while (to.hasRemaining()) {
            if (channel.read(to, at + to.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The free texts of the header by name. */
    public Map<String, String> metadata() {
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
                        ErrorCode.IO_FAILED, path + " was cut short while in use; fetch the model again and restart");
            }
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + path + ": " + e.getMessage(), e);
        }
        return file.asSlice(tensor.offset(), tensor.bytes());
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
            System.getLogger(SafetensorsFile.class.getName()).log(System.Logger.Level.DEBUG, "closing a model file", e);
        }
    }
}
