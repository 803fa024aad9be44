package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import java.util.Locale;

/** The tokens of a model: text, kind and score by id, and ids by text. Immutable. */
final class Vocabulary {
    /** No real vocabulary has a longer token; matching costs time in proportion to it. */
    static final int MAX_TOKEN_CHARS = 1024;

    private static final String KEY = "tokenizer.ggml.";
    private static final String HEX = "0123456789ABCDEF";

    private final String[] texts;
    private final TokenKind[] kinds;
    private final float[] scores; // as long as texts, or empty where the file has none
    private final TextIndex index;
    private final int longest;

    private Vocabulary(String[] texts, TokenKind[] kinds, float[] scores, TextIndex index) {
        this.texts = texts;
        this.kinds = kinds;
        this.scores = scores;
        this.index = index;
        int longest = 0;
        for (int id = 0; id < texts.length; id++) {
            if (texts[id].length() > MAX_TOKEN_CHARS) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "token " + id + " has " + texts[id].length() + " characters, expected at most "
                                + MAX_TOKEN_CHARS + "; the file is damaged");
            }
            longest = Math.max(longest, texts[id].length());
        }
        this.longest = longest;
    }

    /**
     * The vocabulary of {@code metadata}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if it is missing or its arrays contradict each other
     */
    static Vocabulary from(GgufMetadata metadata) {
        String[] texts = strings(metadata, "tokens");
        if (texts.length == 0) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID, "metadata tokenizer.ggml.tokens is empty; the file is incomplete");
        }
        long[] codes = metadata.has(KEY + "token_type")
                ? metadata.integers(KEY + "token_type").orElseThrow()
                : new long[texts.length];
        requireLength("token_type", codes.length, texts.length);
        TokenKind[] kinds = new TokenKind[texts.length];
        for (int id = 0; id < texts.length; id++) {
            kinds[id] = TokenKind.of(codes[id]);
        }
        return new Vocabulary(texts, kinds, scores(metadata, texts.length), new TextIndex(texts));
    }

    /**
     * The array of strings under {@code key}, not copied: it has up to half a million entries, and a start must not wait for them.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if it is missing or something else
     */
    static String[] strings(GgufMetadata metadata, String key) {
        if (metadata.entries().get(KEY + key) instanceof String[] strings) {
            return strings;
        }
        throw new TheseusException(
                ErrorCode.MODEL_INVALID,
                "metadata " + KEY + key + " is not there as an array of strings; the file's vocabulary is incomplete");
    }

    private static float[] scores(GgufMetadata metadata, int size) {
        if (!metadata.has(KEY + "scores")) {
            return new float[0];
        }
        float[] scores = metadata.floats(KEY + "scores").orElseThrow();
        requireLength("scores", scores.length, size);
        for (int id = 0; id < size; id++) {
            if (!Float.isFinite(scores[id])) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "the score of token " + id + " is " + scores[id]
                                + ", expected a finite number; the file is damaged");
            }
        }
        return scores;
    }

    private static void requireLength(String key, int length, int size) {
        if (length < size) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    String.format(
                            Locale.ROOT,
                            "metadata tokenizer.ggml.%s has %d entries for %d tokens; the file is damaged",
                            key,
                            length,
                            size));
        }
    }

    int size() {
        return texts.length;
    }

    String text(int id) {
        return texts[id];
    }

    TokenKind kind(int id) {
        return kinds[id];
    }

    /** For reading a file only: tokens whose name says more than their type. */
    void reclassify(int id, TokenKind kind) {
        kinds[id] = kind;
    }

    float score(int id) {
        return scores.length == 0 ? 0 : scores[id];
    }

    TextIndex index() {
        return index;
    }

    /** The id with this text, or -1. */
    int find(String text) {
        return index.find(text);
    }

    /** Length in chars of the longest token. */
    int longest() {
        return longest;
    }

    /**
     * The id of the token that stands for byte {@code value}, {@code <0x41>} by name, or -1.
     *
     * @param value 0 to 255
     */
    int byteToken(int value) {
        int id = find("<0x" + HEX.charAt(value >> 4) + HEX.charAt(value & 15) + ">");
        return id >= 0 && kinds[id] == TokenKind.BYTE ? id : -1;
    }

    /** The byte a token of kind {@link TokenKind#BYTE} stands for, or -1 if its name does not say. */
    int byteOf(int id) {
        String text = texts[id];
        if (text.length() != 6 || !text.startsWith("<0x") || text.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(text.charAt(3), 16);
        int low = Character.digit(text.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
