package io.theseus.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Byte-pair encoding: the text is cut into words, each word into bytes (or, for vocabularies written in plain text, characters), and
 * neighbours are joined as the model's merges say.
 *
 * <p>Source: Sennrich, Haddow, Birch (2016); Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), section
 * 2.2, for bytes as the base.
 */
final class BytePairEncoder implements TextEncoder {
    private final Vocabulary vocabulary;
    private final MergeTable merges;
    private final PreTokenizer preTokenizer;
    private final boolean plainText;
    private final int[] byteSymbols = new int[256]; // by byte; negative = ~byte, no symbol
    private final int[] byteTokens = new int[256]; // by byte; -1 = no token, the byte is dropped

    /**
     * @param plainText whether tokens are written as they read, spaces as U+2581 and bytes as {@code <0x41>}, rather than in the
     *     {@link ByteAlphabet}
     */
    BytePairEncoder(Vocabulary vocabulary, MergeTable merges, PreTokenizer preTokenizer, boolean plainText) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.preTokenizer = preTokenizer;
        this.plainText = plainText;
        Arrays.fill(byteTokens, -1);
        for (int value = 0; value < 256; value++) {
            int symbol =
                    plainText ? vocabulary.byteToken(value) : merges.symbol(String.valueOf(ByteAlphabet.of(value)));
            boolean token = symbol >= 0 && symbol < vocabulary.size();
            if (token && vocabulary.kind(symbol).isStructure()) {
                symbol = -1;
                token = false;
            }
            byteSymbols[value] = symbol < 0 ? ~value : symbol;
            byteTokens[value] = token ? symbol : -1;
        }
    }

    @Override
    public void encode(char[] text, int from, int to, boolean atStart, TokenBuffer out) {
        Merger merger = new Merger();
        char[] source = text;
        if (plainText) {
            source = Arrays.copyOfRange(text, 0, to);
            for (int i = from; i < to; i++) {
                source[i] = source[i] == ' ' ? '▁' : source[i];
            }
        }
        char[] chars = source;
        preTokenizer.split(chars, from, to, (start, end) -> word(merger, chars, start, end, out));
    }

    private void word(Merger merger, char[] text, int from, int to, TokenBuffer out) {
        merger.size = 0;
        if (plainText) {
            pushCharacters(merger, text, from, to);
        } else {
            pushBytes(merger, text, from, to);
        }
        if (merger.size > 1 && (preTokenizer.wholeWords() || plainText && isNewlines(text, from, to))) {
            int id = plainText ? vocabulary.index().find(text, from, to) : merger.wholeWord();
            if (id >= 0 && !vocabulary.kind(id).isStructure()) {
                out.add(id);
                return;
            }
        }
        if (merger.size > 1) {
            merger.merge();
        }
        for (int i = 0; i < merger.size; i++) {
            emit(merger.symbols[i], out);
        }
    }

    private void pushBytes(Merger merger, char[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            int c = text[i];
            if (c < 0x80) {
                merger.push(byteSymbols[c]);
            } else if (c < 0x800) {
                merger.push(byteSymbols[0xC0 | c >> 6]);
                merger.push(byteSymbols[0x80 | c & 0x3F]);
            } else if (Character.isHighSurrogate((char) c)) {
                int point = Character.toCodePoint((char) c, text[++i]);
                merger.push(byteSymbols[0xF0 | point >> 18]);
                merger.push(byteSymbols[0x80 | point >> 12 & 0x3F]);
                merger.push(byteSymbols[0x80 | point >> 6 & 0x3F]);
                merger.push(byteSymbols[0x80 | point & 0x3F]);
            } else {
                merger.push(byteSymbols[0xE0 | c >> 12]);
                merger.push(byteSymbols[0x80 | c >> 6 & 0x3F]);
                merger.push(byteSymbols[0x80 | c & 0x3F]);
            }
        }
    }

    private void pushCharacters(Merger merger, char[] text, int from, int to) {
        for (int i = from; i < to; ) {
            int point = Character.codePointAt(text, i, to);
            int end = i + Character.charCount(point);
            int id = vocabulary.index().find(text, i, end);
            if (id < 0) {
                id = merges.symbol(Character.toString(point));
            }
            merger.push(id < 0 || id < vocabulary.size() && vocabulary.kind(id).isStructure() ? ~point : id);
            i = end;
        }
    }

    private static boolean isNewlines(char[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] != '\n') {
                return false;
            }
        }
        return true;
    }

    private void emit(int symbol, TokenBuffer out) {
        if (symbol >= 0 && symbol < vocabulary.size()) {
            out.add(symbol);
            return;
        }
        byte[] bytes;
        if (symbol >= 0) {
            String text = merges.text(symbol);
            bytes = plainText ? text.getBytes(StandardCharsets.UTF_8) : ByteAlphabet.decode(text);
        } else if (plainText) {
            bytes = Character.toString(~symbol).getBytes(StandardCharsets.UTF_8);
        } else {
            return; // a byte that is no token and in no merge
        }
        for (byte b : bytes) {
            if (byteTokens[b & 0xFF] >= 0) {
                out.add(byteTokens[b & 0xFF]);
            }
        }
    }

    @Override
    public byte[] bytes(int id) {
        String text = vocabulary.text(id);
        return plainText ? text.replace('▁', ' ').getBytes(StandardCharsets.UTF_8) : ByteAlphabet.decode(text);
    }

    private final class Merger extends MergeQueue {
        private char[] letters = new char[64];

        @Override
        long pair(int left, int right) {
            int a = symbols[left];
            int b = symbols[right];
            return a < 0 || b < 0 ? NO_PAIR : merges.find(a, b);
        }

        /** The token that is the whole word, before any merge, or -1. */
        int wholeWord() {
            if (letters.length < size) {
                letters = new char[Math.max(size, letters.length * 2)];
            }
            if (size > vocabulary.longest()) {
                return -1;
            }
            for (int i = 0; i < size; i++) {
                int symbol = symbols[i];
                if (symbol < 0) {
                    return -1;
                }
                letters[i] = merges.text(symbol).charAt(0);
            }
            return vocabulary.index().find(letters, 0, size);
        }
    }
}
