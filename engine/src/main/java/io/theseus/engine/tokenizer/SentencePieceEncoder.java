package io.theseus.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * SentencePiece's byte-pair encoding: characters are joined as long as what they become is a token, the token of the highest score
 * first; a character that is no token becomes its bytes.
 *
 * <p>Source: Kudo, Richardson, "SentencePiece" (2018); google/sentencepiece, src/bpe_model.cc.
 */
final class SentencePieceEncoder implements TextEncoder {
    static final char SPACE = '▁';

    private final Vocabulary vocabulary;
    private final int unknown; // -1 = none
    private final boolean addsSpacePrefix;
    private final boolean mergesSpaces;
    private final int[] ranks; // by id: 0 for the highest score, equal for equal scores; -1 = no piece of text
    private final int[] byteTokens = new int[256]; // by byte, -1 = none

    /** @param mergesSpaces whether spaces at both ends go and a run of spaces counts as one */
    SentencePieceEncoder(Vocabulary vocabulary, OptionalInt unknown, boolean addsSpacePrefix, boolean mergesSpaces) {
        this.vocabulary = vocabulary;
        this.unknown = unknown.orElse(-1);
        this.addsSpacePrefix = addsSpacePrefix;
        this.mergesSpaces = mergesSpaces;
        this.ranks = ranks(vocabulary);
        for (int value = 0; value < 256; value++) {
            byteTokens[value] = vocabulary.byteToken(value);
        }
    }

    private static int[] ranks(Vocabulary vocabulary) {
        int[] ranks = new int[vocabulary.size()];
        long[] order = new long[vocabulary.size()];
        for (int id = 0; id < order.length; id++) {
            int bits = Float.floatToIntBits(vocabulary.score(id) + 0f); // + 0 makes -0 equal to 0
            // Negative floats order backwards by their bits; flipped, all order as numbers; inverted, the highest comes
            // first.
            order[id] = (long) ~(bits ^ bits >> 31 & 0x7FFFFFFF) << 32 | id;
        }
        Arrays.sort(order);
        int rank = 0;
        for (int i = 0; i < order.length; i++) {
            if (i > 0 && order[i] >> 32 != order[i - 1] >> 32) {
                rank++;
            }
            int id = (int) order[i];
            ranks[id] = switch (vocabulary.kind(id)) {
                case NORMAL, USER_DEFINED, UNUSED -> rank;
                case CONTROL, UNKNOWN, BYTE -> -1;
            };
        }
        return ranks;
    }

    @Override
    public void encode(char[] text, int from, int to, boolean atStart, TokenBuffer out) {
        char[] pieces = normalize(text, from, to, addsSpacePrefix && atStart, mergesSpaces);
        Merger merger = new Merger(pieces);
        merger.merge();
        for (int i = 0; i < merger.size; i++) {
            int id = merger.symbols[i];
            if (id >= 0) {
                out.add(id);
            } else {
                emitBytes(pieces, merger.starts[i], merger.ends[i], out);
            }
        }
    }

    /**
     * {@code text[from, to)} with U+2581 for spaces.
     *
     * @param prefix whether one goes in front
     * @param mergesSpaces whether spaces at both ends go and a run of spaces counts as one
     */
    static char[] normalize(char[] text, int from, int to, boolean prefix, boolean mergesSpaces) {
        char[] result = new char[to - from + 1];
        int size = 0;
        if (prefix) {
            result[size++] = SPACE;
        }
        for (int i = from; i < to; i++) {
            if (text[i] != ' ') {
                result[size++] = text[i];
            } else if (!mergesSpaces || size > 0 && result[size - 1] != SPACE) {
                result[size++] = SPACE;
            }
        }
        while (mergesSpaces && size > 0 && result[size - 1] == SPACE) {
            size--;
        }
        return Arrays.copyOf(result, size);
    }

    private void emitBytes(char[] text, int from, int to, TokenBuffer out) {
        byte[] bytes = new String(text, from, to - from).getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (byteTokens[b & 0xFF] < 0) {
                if (unknown >= 0) {
                    out.add(unknown);
                }
                return;
            }
        }
        for (byte b : bytes) {
            out.add(byteTokens[b & 0xFF]);
        }
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.text(id).replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    private final class Merger extends MergeQueue {
        private final char[] text;
        private final int[] starts; // of each symbol in text
        private final int[] ends;

        Merger(char[] text) {
            this.text = text;
            this.starts = new int[text.length];
            this.ends = new int[text.length];
            for (int i = 0; i < text.length; ) {
                int end = i + Character.charCount(Character.codePointAt(text, i));
                starts[size] = i;
                ends[size] = end;
                push(piece(i, end));
                i = end;
            }
        }

        /** The token that is exactly this text, if it may stand for text; otherwise -1. */
        private int piece(int from, int to) {
            if (to - from > vocabulary.longest()) {
                return -1;
            }
            int id = vocabulary.index().find(text, from, to);
            return id >= 0 && ranks[id] >= 0 ? id : -1;
        }

        @Override
        long pair(int left, int right) {
            int id = piece(starts[left], ends[right]);
            return id < 0 ? NO_PAIR : (long) ranks[id] << 32 | id;
        }

        @Override
        void joinedAt(int left, int right) {
            ends[left] = ends[right];
        }

        @Override
        void moved(int from, int to) {
            starts[to] = starts[from];
            ends[to] = ends[from];
        }
    }
}
