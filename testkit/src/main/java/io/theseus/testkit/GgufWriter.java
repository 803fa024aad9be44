package io.theseus.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Writes GGUF files byte by byte, honest ones and lying ones, so that a reader can be tested against a second opinion.
 *
 * <p>Metadata and tensors appear in the order in which they are added. Unless told otherwise, counts are right, tensors follow each
 * other at aligned offsets, and the file ends after the last tensor's padding.
 *
 * <p>Source: the GGUF specification (ggml, docs/gguf.md), version 3.
 */
public final class GgufWriter {
    /** Value types of metadata, as numbered by the format. */
    public static final int U8 = 0, I8 = 1, U16 = 2, I16 = 3, U32 = 4, I32 = 5, F32 = 6, BOOL = 7;

    /** Value types of metadata, as numbered by the format. */
    public static final int STRING = 8, ARRAY = 9, U64 = 10, I64 = 11, F64 = 12;

    private final List<byte[]> entries = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private int version = 3;
    private int alignment = 32;
    private OptionalLong entryCount = OptionalLong.empty();
    private OptionalLong tensorCount = OptionalLong.empty();

    private record Tensor(String name, int type, long[] shape, OptionalLong offset, byte[] data) {}

    /** Writes this number as the format version; 3 without it. */
    public GgufWriter version(int number) {
        this.version = number;
        return this;
    }

    /** Byte order of every number, to be called first; little-endian without it. */
    public GgufWriter order(ByteOrder byteOrder) {
        this.order = byteOrder;
        return this;
    }

    /** Aligns tensor data to this many bytes and says so in the metadata; 32 without it. */
    public GgufWriter alignment(int bytes) {
        this.alignment = bytes;
        return u32("general.alignment", bytes);
    }

    /** Lies about how many metadata entries follow. */
    public GgufWriter claimEntries(long count) {
        this.entryCount = OptionalLong.of(count);
        return this;
    }

    /** Lies about how many tensors follow. */
    public GgufWriter claimTensors(long count) {
        this.tensorCount = OptionalLong.of(count);
        return this;
    }

    public GgufWriter u32(String key, long value) {
        return raw(key, U32, int32((int) value));
    }

    public GgufWriter i32(String key, int value) {
        return raw(key, I32, int32(value));
    }

    public GgufWriter u64(String key, long value) {
        return raw(key, U64, int64(value));
    }

    public GgufWriter f32(String key, float value) {
        return raw(key, F32, int32(Float.floatToRawIntBits(value)));
    }

    public GgufWriter f64(String key, double value) {
        return raw(key, F64, int64(Double.doubleToRawLongBits(value)));
    }

    public GgufWriter bool(String key, boolean value) {
        return raw(key, BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    public GgufWriter string(String key, String value) {
        return raw(key, STRING, text(value.getBytes(StandardCharsets.UTF_8)));
    }

    public GgufWriter strings(String key, List<String> values) {
        return array(
                key,
                STRING,
                values.size(),
                join(values.stream()
                        .map(v -> text(v.getBytes(StandardCharsets.UTF_8)))
                        .toList()));
    }

    public GgufWriter f32s(String key, float... values) {
        List<byte[]> elements = new ArrayList<>();
        for (float value : values) {
            elements.add(int32(Float.floatToRawIntBits(value)));
        }
        return array(key, F32, values.length, join(elements));
    }

    public GgufWriter i32s(String key, int... values) {
        List<byte[]> elements = new ArrayList<>();
        for (int value : values) {
            elements.add(int32(value));
        }
        return array(key, I32, values.length, join(elements));
    }

    /** An array entry with any element type, claimed length and element bytes. */
    public GgufWriter array(String key, int elementType, long claimedLength, byte[] elements) {
        return raw(key, ARRAY, join(List.of(int32(elementType), int64(claimedLength), elements)));
    }

    /** An entry with any type number and value bytes. */
    public GgufWriter raw(String key, int type, byte[] value) {
        entries.add(join(List.of(text(key.getBytes(StandardCharsets.UTF_8)), int32(type), value)));
        return this;
    }

    /**
     * A tensor after those already added.
     *
     * @param type ggml's type number, 0 for F32
     * @param shape fastest varying dimension first
     * @param data the stored bytes; whether they fit the shape is the caller's affair
     */
    public GgufWriter tensor(String name, int type, long[] shape, byte[] data) {
        tensors.add(new Tensor(name, type, shape.clone(), OptionalLong.empty(), data.clone()));
        return this;
    }

    /** An F32 tensor. */
    public GgufWriter tensor(String name, long[] shape, float[] values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(order);
        for (float value : values) {
            data.putFloat(value);
        }
        return tensor(name, 0, shape, data.array());
    }

    /** A tensor entry that claims any offset from the start of the data; it adds no data. */
    public GgufWriter tensorAt(String name, int type, long[] shape, long offset) {
        tensors.add(new Tensor(name, type, shape.clone(), OptionalLong.of(offset), new byte[0]));
        return this;
    }

    /** The whole file. */
    public byte[] bytes() {
        List<byte[]> parts = new ArrayList<>();
        parts.add("GGUF".getBytes(StandardCharsets.US_ASCII));
        parts.add(int32(version));
        parts.add(int64(tensorCount.orElse(tensors.size())));
        parts.add(int64(entryCount.orElse(entries.size())));
        parts.addAll(entries);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Tensor t : tensors) {
            parts.add(text(t.name.getBytes(StandardCharsets.UTF_8)));
            parts.add(int32(t.shape.length));
            for (long size : t.shape) {
                parts.add(int64(size));
            }
            parts.add(int32(t.type));
            parts.add(int64(t.offset.orElse(data.size())));
            data.writeBytes(t.data);
            data.writeBytes(new byte[padding(data.size())]);
        }
        byte[] header = join(parts);
        return join(List.of(header, new byte[tensors.isEmpty() ? 0 : padding(header.length)], data.toByteArray()));
    }

    /** Writes {@link #bytes()} to {@code path} and returns it. */
    public Path write(Path path) {
        try {
            return Files.write(path, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A length-prefixed string of any bytes, for {@link #raw} and {@link #array}. */
    public byte[] text(byte[] utf8) {
        return join(List.of(int64(utf8.length), utf8));
    }

    /** Four bytes in this file's order, for {@link #raw} and {@link #array}. */
    public byte[] int32(int value) {
        return ByteBuffer.allocate(4).order(order).putInt(value).array();
    }

    /** Eight bytes in this file's order, for {@link #raw} and {@link #array}. */
    public byte[] int64(long value) {
        return ByteBuffer.allocate(8).order(order).putLong(value).array();
    }

    /** The parts one after the other. */
    public static byte[] join(List<byte[]> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parts.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private int padding(int length) {
        return Math.floorMod(-length, alignment);
    }
}
