package io.theseus.engine.safetensors;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.gguf.TensorType;
import io.theseus.engine.template.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that a safetensors file begins with, checked against the file's length and against itself.
 *
 * @param tensors in the header's order, at offsets from the start of the file
 * @param metadata free texts by name
 */
record SafetensorsHeader(List<TensorInfo> tensors, Map<String, String> metadata) {
    private static final int MAX_DIMENSIONS = 8;
    private static final int MAX_TENSORS = 1 << 20;
    private static final String METADATA = "__metadata__";

    /**
     * Reads a header.
     *
     * @param name of the file, for messages
     * @param dataStart bytes of the file before the tensors' data
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if it contradicts the format, the file's length or itself, {@link
     *     ErrorCode#MODEL_UNSUPPORTED} for a type of tensor that is not known here
     */
    static SafetensorsHeader parse(String json, String name, long dataStart, long fileBytes) {
        return new Reader(name, dataStart, fileBytes - dataStart).read(json);
    }

    private record Reader(String name, long dataStart, long dataBytes) {
        SafetensorsHeader read(String json) {
            Object root;
            try {
                root = Json.read(json);
            } catch (TheseusException e) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID, name + ": the header is " + e.getMessage() + " (damaged file)", e);
            }
            if (!(root instanceof Map<?, ?> entries) || entries.size() > MAX_TENSORS) {
                throw invalid("the header is no JSON object of tensors");
            }
            Map<String, String> metadata = new LinkedHashMap<>();
            List<TensorInfo> tensors = new ArrayList<>();
            entries.forEach((key, value) -> {
                String tensor = String.valueOf(key);
                if (tensor.equals(METADATA)) {
                    metadata.putAll(texts(value));
                } else {
                    tensors.add(tensor(tensor, value));
                }
            });
            refuseOverlap(tensors);
            return new SafetensorsHeader(List.copyOf(tensors), Collections.unmodifiableMap(metadata));
        }

        private Map<String, String> texts(@Nullable Object value) {
            if (!(value instanceof Map<?, ?> map)) {
                throw invalid(METADATA + " is no JSON object");
            }
            Map<String, String> texts = new LinkedHashMap<>();
            map.forEach((key, text) -> {
                if (!(text instanceof String string)) {
                    throw invalid(METADATA + " has an entry " + key + " that is no text");
                }
                texts.put(String.valueOf(key), string);
            });
            return texts;
        }

        private TensorInfo tensor(String tensor, @Nullable Object value) {
            if (!(value instanceof Map<?, ?> fields)
                    || !(fields.get("dtype") instanceof String dtype)
                    || !(fields.get("shape") instanceof List<?> stored)
                    || !(fields.get("data_offsets") instanceof List<?> offsets)) {
                throw invalid("tensor " + tensor + " lacks its dtype, shape or data_offsets");
            }
            if (stored.size() > MAX_DIMENSIONS || offsets.size() != 2) {
                throw invalid("tensor " + tensor + " has " + stored.size() + " dimensions and " + offsets.size()
                        + " offsets; expected at most " + MAX_DIMENSIONS + " and 2");
            }
            TensorType type = type(tensor, dtype);
            List<Long> shape = new ArrayList<>();
            long elements = 1;
            for (int i = stored.size() - 1; i >= 0; i--) { // here the slowest varying dimension comes first
                long size = number(tensor, stored.get(i));
                // No type takes more than 8 bytes a value, so the length in bytes cannot overflow either.
                if (size < 1 || size > Long.MAX_VALUE / 8 / elements) {
                    throw invalid("tensor " + tensor + " has a dimension of " + size);
                }
                elements *= size;
                shape.add(size);
            }
            if (shape.isEmpty()) {
                shape.add(1L);
            }
            long from = number(tensor, offsets.get(0));
            long to = number(tensor, offsets.get(1));
            long bytes = elements * type.blockBytes();
            if (from < 0 || to > dataBytes || to - from != bytes) {
                throw invalid("tensor " + tensor + " lies at bytes " + from + " to " + to + " of " + dataBytes
                        + ", but needs " + bytes + "; the download is incomplete, or the file is damaged");
            }
            return new TensorInfo(tensor, shape, type, dataStart + from, bytes);
        }

        private TensorType type(String tensor, String dtype) {
            return switch (dtype) {
                case "F64" -> TensorType.F64;
                case "F32" -> TensorType.F32;
                case "F16" -> TensorType.F16;
                case "BF16" -> TensorType.BF16;
                case "I64" -> TensorType.I64;
                case "I32" -> TensorType.I32;
                case "I16" -> TensorType.I16;
                case "I8" -> TensorType.I8;
                default ->
                    throw new TheseusException(
                            ErrorCode.MODEL_UNSUPPORTED,
                            name + ": tensor " + tensor + " is of type " + dtype
                                    + ", which this version cannot read; it reads F64, F32, F16, BF16 and integers");
            };
        }

        private long number(String tensor, @Nullable Object value) {
            if (value instanceof Long number) {
                return number;
            }
            throw invalid("tensor " + tensor + " has " + value + " where a whole number belongs");
        }

        private void refuseOverlap(List<TensorInfo> tensors) {
            List<TensorInfo> byPlace = new ArrayList<>(tensors);
            byPlace.sort(Comparator.comparingLong(TensorInfo::offset));
            for (int i = 1; i < byPlace.size(); i++) {
                TensorInfo before = byPlace.get(i - 1);
                if (byPlace.get(i).offset() < before.offset() + before.bytes()) {
                    throw invalid("tensors " + before.name() + " and "
                            + byPlace.get(i).name() + " overlap");
                }
            }
        }

        private TheseusException invalid(String problem) {
            return new TheseusException(ErrorCode.MODEL_INVALID, name + ": " + problem);
        }
    }
}
