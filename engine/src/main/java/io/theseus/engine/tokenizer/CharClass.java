package io.theseus.engine.tokenizer;

import java.util.Arrays;

/** A set of code points as patterns name it: general categories, white space, ranges. Immutable. */
final class CharClass {
    /* ASCII, which nearly all lookups are for, is worked out once into two bit sets. */
    private final long low; // code points 0 to 63
    private final long high; // 64 to 127
    private final int categories; // bit = Character.getType
    private final boolean whiteSpace;
    private final int[] ranges; // first, last, first, last..., ascending
    private final boolean negated;

    private CharClass(Builder builder) {
        this.categories = builder.categories;
        this.whiteSpace = builder.whiteSpace;
        this.ranges = Arrays.copyOf(builder.ranges, builder.size);
        this.negated = builder.negated;
        long low = 0;
        long high = 0;
        for (int c = 0; c < 64; c++) {
            low |= (slow(c) ? 1L : 0) << c;
            high |= (slow(c + 64) ? 1L : 0) << c;
        }
        this.low = low;
        this.high = high;
    }

    boolean contains(int codePoint) {
        if (codePoint < 64) {
            return (low >>> codePoint & 1) != 0;
        }
        return codePoint < 128 ? (high >>> codePoint & 1) != 0 : slow(codePoint);
    }

    private boolean slow(int codePoint) {
        return negated
                != ((categories >>> Character.getType(codePoint) & 1) != 0
                        || whiteSpace && isWhiteSpace(codePoint)
                        || inRanges(codePoint));
    }

    private boolean inRanges(int codePoint) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (codePoint >= ranges[i] && codePoint <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Unicode's property White_Space, which {@link Character} knows only in part. */
    static boolean isWhiteSpace(int c) {
        return c == ' '
                || c >= '\t' && c <= '\r'
                || c >= 0x85
                        && (c == 0x85
                                || c == 0xA0
                                || c == 0x1680
                                || c >= 0x2000 && c <= 0x200A
                                || c == 0x2028
                                || c == 0x2029
                                || c == 0x202F
                                || c == 0x205F
                                || c == 0x3000);
    }

    /** Collects what a class holds. */
    static final class Builder {
        private int categories;
        private boolean whiteSpace;
        private boolean negated;
        private int[] ranges = new int[8];
        private int size;

        Builder negate() {
            negated = !negated;
            return this;
        }

        Builder whiteSpace() {
            whiteSpace = true;
            return this;
        }

        Builder range(int first, int last) {
            if (size == ranges.length) {
                ranges = Arrays.copyOf(ranges, size * 2);
            }
            ranges[size++] = first;
            ranges[size++] = last;
            return this;
        }

        /** @param name of a general category, such as {@code L} or {@code Lu} */
        Builder category(String name) {
            categories |= switch (name) {
                case "L" ->
                    bits(
                            Character.UPPERCASE_LETTER,
                            Character.LOWERCASE_LETTER,
                            Character.TITLECASE_LETTER,
                            Character.MODIFIER_LETTER,
                            Character.OTHER_LETTER);
                case "Lu" -> bits(Character.UPPERCASE_LETTER);
                case "Ll" -> bits(Character.LOWERCASE_LETTER);
                case "Lt" -> bits(Character.TITLECASE_LETTER);
                case "Lm" -> bits(Character.MODIFIER_LETTER);
                case "Lo" -> bits(Character.OTHER_LETTER);
                case "M" ->
                    bits(Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK);
                case "N" -> bits(Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER);
                case "P" ->
                    bits(
                            Character.DASH_PUNCTUATION,
                            Character.START_PUNCTUATION,
                            Character.END_PUNCTUATION,
                            Character.CONNECTOR_PUNCTUATION,
                            Character.OTHER_PUNCTUATION,
                            Character.INITIAL_QUOTE_PUNCTUATION,
                            Character.FINAL_QUOTE_PUNCTUATION);
                case "S" ->
                    bits(
                            Character.MATH_SYMBOL,
                            Character.CURRENCY_SYMBOL,
                            Character.MODIFIER_SYMBOL,
                            Character.OTHER_SYMBOL);
                default -> throw new IllegalArgumentException("no general category " + name);
            };
            return this;
        }

        private static int bits(byte... types) {
            int bits = 0;
            for (byte type : types) {
                bits |= 1 << type;
            }
            return bits;
        }

        CharClass build() {
            return new CharClass(this);
        }
    }
}
