package io.theseus.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.OptionalInt;

/**
 * BERT's tokenizer: clean text, cut at spaces, punctuation and Chinese characters, then take the longest token that starts each
 * rest of a word. A word's start is marked by U+2581 in GGUF vocabularies.
 *
 * <p>Source: google-research/bert, tokenization.py, BasicTokenizer and WordpieceTokenizer; the ranges of Chinese characters and the
 * limit of a word's length as huggingface/tokenizers has them, which the models in use were made with.
 */
final class WordPieceEncoder implements TextEncoder {
    private static final int MAX_WORD = 100; // code points; a longer word is unknown

    private final Vocabulary vocabulary;
    private final int unknown; // -1 = none
    private final boolean lowercase;
    private final boolean stripAccents;

    WordPieceEncoder(Vocabulary vocabulary, OptionalInt unknown, boolean lowercase, boolean stripAccents) {
        this.vocabulary = vocabulary;
        this.unknown = unknown.orElse(-1);
        this.lowercase = lowercase;
        this.stripAccents = stripAccents;
    }

    @Override
    public void encode(char[] text, int from, int to, boolean atStart, TokenBuffer out) {
        String cleaned = clean(text, from, to);
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < cleaned.length(); ) {
            int point = cleaned.codePointAt(i);
            i += Character.charCount(point);
            if (CharClass.isWhiteSpace(point)) {
                word(word, out);
            } else if (isPunctuation(point) || isChinese(point)) {
                word(word, out);
                word(word.appendCodePoint(point), out);
            } else {
                word.appendCodePoint(point);
            }
        }
        word(word, out);
    }

    private String clean(char[] text, int from, int to) {
        StringBuilder result = new StringBuilder(to - from);
        for (int i = from; i < to; ) {
            int point = Character.codePointAt(text, i, to);
            i += Character.charCount(point);
            if (point == '\t' || point == '\n' || point == '\r') {
                result.append(' ');
            } else if (point != 0xFFFD
                    && !isOther(point)) { // the other control characters go, even those that are spaces
                result.append(CharClass.isWhiteSpace(point) ? " " : Character.toString(point));
            }
        }
        String cleaned = result.toString();
        if (stripAccents) {
            cleaned = withoutAccents(cleaned);
        }
        return lowercase ? lowercase(cleaned) : cleaned;
    }

    private static String withoutAccents(String text) {
        if (Normalizer.isNormalized(text, Normalizer.Form.NFD)
                && text.codePoints().noneMatch(c -> Character.getType(c) == Character.NON_SPACING_MARK)) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(result::appendCodePoint);
        return result.toString();
    }

    private static String lowercase(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == 'İ') {
                result.append("i\u0307"); // the only letter whose lower case is two
            } else {
                result.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return result.toString();
    }

    /** Appends the tokens of {@code word}, if it is not empty, and empties it. */
    private void word(StringBuilder word, TokenBuffer out) {
        if (word.isEmpty()) {
            return;
        }
        String text = word.toString();
        word.setLength(0);
        char[] chars = (SentencePieceEncoder.SPACE + text).toCharArray();
        int before = out.size();
        boolean known = text.codePointCount(0, text.length()) <= MAX_WORD;
        for (int at = 0; known && at < chars.length; ) {
            int end = Math.min(chars.length, at + vocabulary.longest());
            int id = -1;
            for (; end > at; end--) {
                id = vocabulary.index().find(chars, at, end);
                if (id >= 0 && !vocabulary.kind(id).isStructure()) {
                    break;
                }
            }
            known = end > at;
            if (known) {
                out.add(id);
                at = end;
            }
        }
        if (!known) {
            out.truncate(before);
            if (unknown >= 0) {
                out.add(unknown);
            }
        }
    }

    private static boolean isOther(int point) {
        int type = Character.getType(point);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.PRIVATE_USE;
    }

    private static boolean isPunctuation(int point) {
        if (point < 128) {
            return point > ' ' && point < 127 && !Character.isLetterOrDigit(point);
        }
        return switch (Character.getType(point)) {
            case Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.CONNECTOR_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION -> true;
            default -> false;
        };
    }

    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F
                || c >= 0x2B740 && c <= 0x2B81F
                || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.text(id).replace(SentencePieceEncoder.SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }
}
