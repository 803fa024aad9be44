package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.template.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Weights in safetensors with the texts that belong to them: vocabulary and configuration go into the header's metadata, under their
 * files' names. So a model stays one file with one checksum, and one that other programs read.
 */
record SafetensorsBundle(InputStream in, long bytes) {
    /** What an encoder needs of what is published beside its weights. */
    private static final List<String> TEXTS = List.of("config.json", "vocab.txt", "tokenizer_config.json");

    private static final int MAX_TEXT = 16 << 20;
    private static final int MAX_HEADER = 32 << 20;

    /**
     * The weights in {@code entry} with the texts that lie in the same folder of {@code zip}.
     *
     * @throws TheseusException {@link ErrorCode#FETCH_FAILED} if they are no safetensors, {@link ErrorCode#BAD_INPUT} if their header
     *     is not JSON
     */
    static SafetensorsBundle of(ZipFile zip, ZipEntry entry, String source) throws IOException {
        String path = entry.getName();
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        Map<String, Object> texts = new LinkedHashMap<>();
        for (String name : TEXTS) {
            ZipEntry text = zip.getEntry(folder + name);
            if (text != null) {
                texts.put(name, new String(read(zip.getInputStream(text), MAX_TEXT, source), StandardCharsets.UTF_8));
            }
        }
        InputStream weights = zip.getInputStream(entry);
        ByteBuffer start = ByteBuffer.wrap(weights.readNBytes(Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        long length = start.remaining() == Long.BYTES ? start.getLong(0) : -1;
        if (length < 2 || length > MAX_HEADER) {
            throw damaged(source);
        }
        byte[] old = weights.readNBytes((int) length);
        byte[] header = header(old, texts, source);
        byte[] head = ByteBuffer.allocate(Long.BYTES + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
        return new SafetensorsBundle(
                new SequenceInputStream(new ByteArrayInputStream(head), weights),
                entry.getSize() - old.length + header.length);
    }

    private static byte[] header(byte[] old, Map<String, Object> texts, String source) {
        if (!(Json.read(new String(old, StandardCharsets.UTF_8)) instanceof Map<?, ?> map)) {
            throw damaged(source);
        }
        Map<String, @Nullable Object> header = new LinkedHashMap<>();
        header.put("__metadata__", texts);
        map.forEach((name, value) -> {
            if (value instanceof Map<?, ?> metadata && name.equals("__metadata__")) {
                metadata.forEach((key, text) -> texts.putIfAbsent(String.valueOf(key), text));
            } else {
                header.put(String.valueOf(name), value);
            }
        });
        String json = Json.write(header);
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        // Spaces behind it keep the tensors aligned, as the format's own writers do.
        return (json + " ".repeat(-bytes & 7)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] read(InputStream in, int most, String source) throws IOException {
        try (in) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw damaged(source);
            }
            return bytes;
        }
    }

    private static TheseusException damaged(String source) {
        return new TheseusException(ErrorCode.FETCH_FAILED, source + " is not a safetensors file with its texts");
    }
}
