package io.theseus.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 256 printable characters that byte-level vocabularies write bytes with.
 *
 * <p>Source: OpenAI, gpt-2, encoder.py, bytes_to_unicode: printable Latin-1 stands for itself, the other bytes in order for U+0100
 * and up.
 */
final class ByteAlphabet {
    private static final char[] CHARS = new char[256]; // by byte
    private static final short[] BYTES = new short[256 + 68]; // by char, -1 = none

    static {
        Arrays.fill(BYTES, (short) -1);
        char next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = value > 0x20 && value < 0x7F || value > 0xA0 && value != 0xAD;
            CHARS[value] = printable ? (char) value : next++;
            BYTES[CHARS[value]] = (short) value;
        }
    }

    private ByteAlphabet() {}

    /** The character for byte {@code value}, 0 to 255. */
    static char of(int value) {
        return CHARS[value];
    }

    /** The bytes that {@code text} is written for; its own UTF-8 if a character of it is not in the alphabet. */
    static byte[] decode(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTES[c];
        }
        return bytes;
    }
}
