package io.theseus.engine.gguf;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.charset.StandardCharsets;

/** Tells what a file is when it is not the GGUF that was hoped for, from its first bytes. */
final class FileKind {
    private static final String CONVERT =
            "convert the model with llama.cpp's convert_hf_to_gguf.py, or fetch its GGUF file";

    private FileKind() {}

    /**
     * Passes a little-endian GGUF of version 2 or 3.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} for other versions and kinds of model file, {@link
     *     ErrorCode#MODEL_INVALID} for anything else
     */
    static void check(HeaderBytes header) {
        if (header.fileBytes() == 0) {
            throw header.invalid("the file is empty; fetch the model again");
        }
        int length = (int) Math.min(16, header.fileBytes());
        header.require(length, "magic");
        byte[] head = new byte[length];
        for (int i = 0; i < length; i++) {
            head[i] = header.int8(i);
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("GGUF")) {
            throw otherKind(header, text);
        }
        header.require(8, "version");
        int version = header.int32(4);
        if (version == 2 || version == 3) {
            return;
        }
        if (version == 1) {
            throw unsupported(header, "is GGUF version 1, last written in August 2023; " + CONVERT);
        }
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw unsupported(header, "is a big-endian GGUF file; fetch the little-endian one");
        }
        throw unsupported(
                header,
                "is GGUF version " + Integer.toUnsignedString(version)
                        + "; versions 2 and 3 can be read, a newer one needs a newer Theseus");
    }

    private static TheseusException otherKind(HeaderBytes header, String head) {
        if (head.startsWith("version https://")) {
            return header.invalid("a Git LFS pointer, not the model itself; run `git lfs pull`, or download the file");
        }
        if (head.startsWith("<") || head.startsWith("{\"error")) {
            return header.invalid("a web page, not a model; the download went to the wrong address or needs a login");
        }
        if (head.startsWith("lmgg") || head.startsWith("tjgg") || head.startsWith("fmgg")) {
            return unsupported(header, "is in the GGML format from before August 2023; " + CONVERT);
        }
        if (head.startsWith("PK")) {
            return unsupported(header, "is a zip archive or a PyTorch checkpoint; " + CONVERT);
        }
        if (head.length() > 8 && head.charAt(8) == '{') {
            return unsupported(header, "is a safetensors file; " + CONVERT);
        }
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(4, head.length()); i++) {
            hex.append(String.format("%02x", (int) head.charAt(i)));
        }
        return header.invalid("not a GGUF file, whose first bytes are 47475546; they are " + hex);
    }

    private static TheseusException unsupported(HeaderBytes header, String problem) {
        return new TheseusException(ErrorCode.MODEL_UNSUPPORTED, header.name() + " " + problem);
    }
}
