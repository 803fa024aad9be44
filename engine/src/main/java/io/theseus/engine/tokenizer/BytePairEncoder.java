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
    private final WordCache known = new WordCache();
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
        for (int value = 0; value < 256; value++) {
            int id = plainText ? vocabulary.byteToken(value) : vocabulary.find(String.valueOf(ByteAlphabet.of(value)));
            boolean token = id >= 0 && !vocabulary.kind(id).isStructure();
            byteSymbols[value] = token ? id : ~value;
            byteTokens[value] = token ? id : -1;
        }
    }

    @Override
    public void encode(char[] text, int from, int to, boolean atStart, TokenBuffer out) {
        if (plainText) {
            char[] escaped = Arrays.copyOfRange(text, from, to);
            for (int i = 0; i < escaped.length; i++) {
                escaped[i] = escaped[i] == ' ' ? '▁' : escaped[i];
            }
            preTokenizer.split(escaped, 0, escaped.length, new Merger(escaped, escaped.length, out));
        } else {
            preTokenizer.split(text, from, to, new Merger(text, to - from, out));
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
            merger.push(id < 0 || vocabulary.kind(id).isStructure() ? ~point : id);
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

    /** Tokenizes the words of one text. */
    private final class Merger extends MergeQueue implements PreTokenizer.Words {
        private final char[] text;
        private final TokenBuffer out;
        // What was looked up last, by a hash of both symbols.
        private final long[] pairs; // left << 32 | right
        private final long[] found; // what MergeTable.find said plus 2, 0 = nothing yet
        private char[] letters = new char[64];

        Merger(char[] text, int length, TokenBuffer out) {
            this.text = text;
            this.out = out;
            int slots = Math.clamp(Integer.highestOneBit(length) << 1, 64, 1 << 16);
            this.pairs = new long[slots];
            this.found = new long[slots];
        }

        @Override
        public void word(int from, int to) {
            if (!known.replay(text, from, to, out)) {
                int begin = out.size();
                cut(from, to);
                known.keep(text, from, to, out, begin);
            }
        }

        private void cut(int from, int to) {
            size = 0;
            if (plainText) {
                pushCharacters(this, text, from, to);
            } else {
                pushBytes(this, text, from, to);
            }
            if (size > 1) {
                if (preTokenizer.wholeWords() || plainText && isNewlines(text, from, to)) {
                    int id = plainText ? vocabulary.index().find(text, from, to) : wholeWord();
                    if (id >= 0 && !vocabulary.kind(id).isStructure()) {
                        out.add(id);
                        return;
                    }
                }
                merge();
            }
            for (int i = 0; i < size; i++) {
                emit(symbols[i], out);
            }
        }

        @Override
        long pair(int left, int right) {
            long key = (long) symbols[left] << 32 | symbols[right] & 0xFFFFFFFFL;
            int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & (pairs.length - 1);
            if (pairs[slot] != key || found[slot] == 0) {
                pairs[slot] = key;
                found[slot] = merges.find(symbols[left], symbols[right]) + 2;
            }
            return found[slot] - 2;
        }

        /** The token that is the whole word in the alphabet of bytes, before any merge, or -1. */
        private int wholeWord() {
            if (size > vocabulary.longest()) {
                return -1;
            }
            if (letters.length < size) {
                letters = new char[Math.max(size, letters.length * 2)];
            }
            for (int i = 0; i < size; i++) {
                letters[i] = merges.text(symbols[i]).charAt(0);
            }
            return vocabulary.index().find(letters, 0, size);
        }
    }
}
