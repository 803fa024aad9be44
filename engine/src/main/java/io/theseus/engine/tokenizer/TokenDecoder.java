package io.theseus.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tokens to text, one at a time, for streaming: a piece never ends inside a character, and all pieces together are exactly what
 * decoding the tokens at once gives. One per answer; not for use by several threads at once.
 */
public final class TokenDecoder {
    /*
     * A token may end inside a UTF-8 character, so up to three bytes are held back: those that begin a character and may still be
     * completed. Everything before them is decoded as it is. Since a lead byte never continues what stands before it, cutting the
     * bytes there changes nothing, and malformed bytes give the same U+FFFDs as in one go.
     *
     * Java reads the three bytes of a surrogate (ED A0 80) as one malformed character, so ED waits for its third byte in any case.
     *
     * Source: The Unicode Standard 16, table 3-7, well-formed UTF-8 byte sequences.
     */
    private static final byte[] NOTHING = {};

    private final Tokenizer tokenizer;
    private final boolean showControl;
    private boolean dropSpace;
    private byte[] held = NOTHING;

    private TokenDecoder(Tokenizer tokenizer, boolean showControl, boolean dropSpace) {
        this.tokenizer = tokenizer;
        this.showControl = showControl;
        this.dropSpace = dropSpace;
    }

    /** Decodes from the start of a text: the space that encoding put there is taken away. */
    public static TokenDecoder ofText(Tokenizer tokenizer, boolean showControl) {
        return new TokenDecoder(tokenizer, showControl, tokenizer.addsSpacePrefix());
    }

    /** Decodes what follows other text, such as a completed prompt: every space counts. */
    public static TokenDecoder ofContinuation(Tokenizer tokenizer, boolean showControl) {
        return new TokenDecoder(tokenizer, showControl, false);
    }

    /**
     * The text that is complete with token {@code id}, often empty in the middle of a character.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if there is no such id
     */
    public String push(int id) {
        if (tokenizer.isControl(id) && !showControl) {
            return "";
        }
        byte[] token = tokenizer.bytes(id);
        if (token.length == 0) {
            return "";
        }
        int skip = dropSpace && token[0] == ' ' ? 1 : 0;
        dropSpace = false;
        byte[] bytes = new byte[held.length + token.length - skip];
        System.arraycopy(held, 0, bytes, 0, held.length);
        System.arraycopy(token, skip, bytes, held.length, token.length - skip);
        int incomplete = incompleteTail(bytes);
        int complete = bytes.length - incomplete;
        held = incomplete == 0 ? NOTHING : Arrays.copyOfRange(bytes, complete, bytes.length);
        return new String(bytes, 0, complete, StandardCharsets.UTF_8);
    }

    /** The rest: U+FFFD if the last character never became complete, otherwise nothing. */
    public String finish() {
        String rest = new String(held, StandardCharsets.UTF_8);
        held = NOTHING;
        return rest;
    }

    /** How many bytes at the end, 0 to 3, begin a character that more bytes could complete. */
    private static int incompleteTail(byte[] bytes) {
        for (int length = 1; length <= 3 && length <= bytes.length; length++) {
            int lead = bytes[bytes.length - length] & 0xFF;
            if (lead < 0x80) {
                return 0;
            }
            if (lead >= 0xC0) {
                int needed = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
                boolean open =
                        length < needed && (length == 1 || validSecond(lead, bytes[bytes.length - length + 1] & 0xFF));
                return open ? length : 0;
            }
        }
        return 0;
    }

    private static boolean validSecond(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }
}
