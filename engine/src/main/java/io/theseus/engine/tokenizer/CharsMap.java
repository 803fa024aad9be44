package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece's compiled normalization: at each place the longest text that has a replacement is replaced (NFKC and the like).
 *
 * <p>Source: google/sentencepiece, src/normalizer.cc, Normalizer::DecodePrecompiledCharsMap; Yata, darts-clone, the double array:
 * bit 31 marks a value, bits 0-7 hold the label, bit 8 says that a value hangs below, bits 10-30 are the offset, times 256 if bit 9
 * is set.
 */
final class CharsMap {
    static final CharsMap IDENTITY = new CharsMap(new int[0], new byte[0]);

    private final int[] units;
    private final byte[] replacements; // texts in UTF-8, each ended by 0

    private CharsMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /**
     * Reads {@code blob}: length of the double array in bytes (u32 little-endian), the array, the replacements.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if the parts do not fit into it
     */
    static CharsMap of(byte[] blob) {
        if (blob.length == 0) {
            return IDENTITY;
        }
        long length = blob.length < 4 ? -1 : int32(blob, 0) & 0xFFFFFFFFL;
        if (length < 0
                || length % 4 != 0
                || length > blob.length - 4
                || blob.length > 4 && blob[blob.length - 1] != 0) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    "metadata tokenizer.ggml.precompiled_charsmap has " + blob.length
                            + " bytes that are not a table and its texts; the file is damaged");
        }
        int[] units = new int[(int) length / 4];
        for (int i = 0; i < units.length; i++) {
            units[i] = int32(blob, 4 + 4 * i);
        }
        byte[] replacements = new byte[blob.length - 4 - (int) length];
        System.arraycopy(blob, 4 + (int) length, replacements, 0, replacements.length);
        return new CharsMap(units, replacements);
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xFF
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFF) << 24;
    }

    /** {@code text}, well-formed UTF-16, normalized. */
    String apply(String text) {
        if (units.length == 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length + 16);
        for (int at = 0; at < in.length; ) {
            at = step(in, at, out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Writes what stands for the text at {@code at} and returns where the rest starts. */
    private int step(byte[] in, int at, ByteArrayOutputStream out) {
        int replacement = -1;
        int end = at;
        int node = offset(units[0]);
        for (int i = at; i < in.length; i++) {
            int label = in[i] & 0xFF;
            node ^= label;
            if (node >= units.length || (units[node] & 0x8000_00FF) != label) {
                break;
            }
            int unit = units[node];
            node ^= offset(unit);
            if ((unit & 0x100) != 0 && node < units.length) {
                replacement = units[node] & 0x7FFF_FFFF;
                end = i + 1;
            }
        }
        if (end == at || replacement >= replacements.length) {
            int length = in[at] >= 0 ? 1 : (in[at] & 0xFF) < 0xE0 ? 2 : (in[at] & 0xFF) < 0xF0 ? 3 : 4;
            out.write(in, at, length);
            return at + length;
        }
        for (int i = replacement; replacements[i] != 0; i++) {
            out.write(replacements[i]);
        }
        return end;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 0x200) >>> 6) & 0x7FFF_FFFF;
    }
}
