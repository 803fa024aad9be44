package io.theseus.engine.tokenizer;

import java.util.Random;

/** Texts that tokenizers find hard. */
final class RandomText {
    private static final String[] PIECES = {
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u00a0",
        "\u3000",
        "\u0085",
        "'s",
        "'LL",
        "'ſ",
        "’s",
        "the",
        "abcde",
        "ABC",
        "tEsT",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ǅ",
        "我",
        "想在",
        "ひらカタ",
        "가",
        "ไทย",
        "한글",
        "हिन्दी",
        "العربية",
        "🙂",
        "👨‍👩‍👧",
        "\u200d",
        "1",
        "23",
        "4567",
        "½",
        "Ⅳ",
        "٣",
        "!",
        "?!",
        "...",
        "$",
        "+=",
        "`",
        "|",
        "/",
        "_",
        "<|im_end|>",
        "<tool>",
        "</s>",
        "<s>",
        "<0x41>",
        "▁",
        "\u0000",
        "\u0004",
        "\uFFFD",
        "\uFFFF",
        "\uD800",
        "\uDC00",
        "\u00AD",
        "𝒳",
        "𐐀",
        "\uDBFF\uDFFF"
    };

    private RandomText() {}

    static String next(Random random, int maxPieces) {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(maxPieces + 1);
        for (int i = 0; i < pieces; i++) {
            switch (random.nextInt(8)) {
                case 0 -> text.appendCodePoint(random.nextInt(0x11_0000));
                case 1 -> text.appendCodePoint(random.nextInt(0x800));
                case 2 -> text.append(PIECES[random.nextInt(PIECES.length)].repeat(random.nextInt(5)));
                default -> text.append(PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString();
    }

    /** {@code text} as its UTF-8 reads: an unpaired surrogate is U+FFFD. */
    static String wellFormed(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints()
                .forEach(c -> result.appendCodePoint(
                        c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
        return result.toString();
    }
}
