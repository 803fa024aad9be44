package io.theseus.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * SentencePiece's unigram model: of all ways to cut the text into tokens, the one with the highest sum of scores (log
 * probabilities).
 *
 * <p>Source: Kudo, "Subword Regularization" (2018), section 3.2, the Viterbi algorithm; google/sentencepiece,
 * src/unigram_model.cc.
 */
final class UnigramEncoder implements TextEncoder {
    /* best[i] is the best cut of the first i chars. Every step looks at tokens of at most the vocabulary's longest: O(n * longest). */
    private static final float UNKNOWN_PENALTY = 10;

    private final Vocabulary vocabulary;
    private final int unknown; // -1 = none
    private final double unknownScore;
    private final CharsMap charsMap;
    private final boolean addsSpacePrefix;
    private final boolean mergesSpaces;
    private final int[] byteTokens = new int[256]; // by byte, -1 = none
    private final boolean hasBytes;

    UnigramEncoder(
            Vocabulary vocabulary,
            OptionalInt unknown,
            CharsMap charsMap,
            boolean addsSpacePrefix,
            boolean mergesSpaces) {
        this.vocabulary = vocabulary;
        this.unknown = unknown.orElse(-1);
        this.charsMap = charsMap;
        this.addsSpacePrefix = addsSpacePrefix;
        this.mergesSpaces = mergesSpaces;
        float lowest = Float.MAX_VALUE;
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.kind(id) == TokenKind.NORMAL) {
                lowest = Math.min(lowest, vocabulary.score(id));
            }
        }
        this.unknownScore = lowest - UNKNOWN_PENALTY;
        boolean all = true;
        for (int value = 0; value < 256; value++) {
            byteTokens[value] = vocabulary.byteToken(value);
            all &= byteTokens[value] >= 0;
        }
        this.hasBytes = all;
    }

    @Override
    public void encode(char[] text, int from, int to, boolean atStart, TokenBuffer out) {
        char[] mapped = charsMap.apply(new String(text, from, to - from)).toCharArray();
        char[] chars = SentencePieceEncoder.normalize(mapped, 0, mapped.length, addsSpacePrefix, mergesSpaces);
        int n = chars.length;
        if (n == 0) {
            return;
        }
        double[] score = new double[n + 1]; // of the best cut of chars[0, i)
        int[] start = new int[n + 1]; // where its last token starts
        int[] token = new int[n + 1]; // its last token, -1 = unknown
        Arrays.fill(score, 1, n + 1, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < n; ) {
            int character = Character.charCount(Character.codePointAt(chars, i));
            boolean single = false;
            int hash = 0;
            int limit = Math.min(n, i + vocabulary.longest());
            for (int end = i + 1; end <= limit; end++) {
                hash = 31 * hash + chars[end - 1];
                int id = vocabulary.index().find(hash, chars, i, end);
                if (id >= 0 && standsForText(id)) {
                    single |= end - i == character;
                    double own = vocabulary.kind(id) == TokenKind.USER_DEFINED ? 0 : vocabulary.score(id);
                    offer(score, start, token, i, end, score[i] + own, id);
                }
            }
            if (!single) {
                offer(score, start, token, i, i + character, score[i] + unknownScore, -1);
            }
            i += character;
        }
        backtrack(chars, start, token, out);
    }

    private static void offer(double[] score, int[] start, int[] token, int from, int end, double sum, int id) {
        if (sum > score[end]) {
            score[end] = sum;
            start[end] = from;
            token[end] = id;
        }
    }

    private boolean standsForText(int id) {
        return switch (vocabulary.kind(id)) {
            case NORMAL, USER_DEFINED, UNUSED -> true;
            case CONTROL, UNKNOWN, BYTE -> false;
        };
    }

    private void backtrack(char[] chars, int[] start, int[] token, TokenBuffer out) {
        int first = out.size();
        boolean afterUnknown = false;
        for (int end = chars.length; end > 0; end = start[end]) {
            if (token[end] >= 0) {
                out.add(token[end]);
            } else if (hasBytes) {
                byte[] bytes = new String(chars, start[end], end - start[end]).getBytes(StandardCharsets.UTF_8);
                for (int i = bytes.length - 1; i >= 0; i--) {
                    out.add(byteTokens[bytes[i] & 0xFF]);
                }
            } else if (!afterUnknown && unknown >= 0) {
                out.add(unknown); // one for a whole run
            }
            afterUnknown = token[end] < 0;
        }
        out.reverse(first);
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.text(id).replace(SentencePieceEncoder.SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }
}
