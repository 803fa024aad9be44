package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;

/**
 * Which two symbols of byte-pair encoding join to which, and in what order of preference.
 *
 * <p>A symbol is a token id; or a number from {@link Vocabulary#size} up, for a text that merges pass through though it is no token;
 * or a negative number {@code ~unit}, for a byte or character that is no token. Immutable.
 */
final class MergeTable {
    /*
     * Merges are looked up by their text, "left right", so that building costs one hash a merge and not the three look-ups that
     * numbering both sides and the result would take: a model has 50 to 500 thousand merges, a prompt needs a few hundred of them,
     * and the answer must start in about a second. Hashes of joined texts come from those of the parts:
     * hash(a + b) = hash(a) * 31^|b| + hash(b). A Merger remembers what it looked up.
     */
    private static final int[] POWERS = powers();

    private final Vocabulary vocabulary;
    private final String[] merges; // best first
    private final TextIndex index; // over merges
    private final boolean plainText;

    /**
     * @param merges "left right", best first
     * @param plainText whether units are characters rather than bytes in the {@link ByteAlphabet}
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if a merge is not two texts
     */
    MergeTable(Vocabulary vocabulary, String[] merges, boolean plainText) {
        this.vocabulary = vocabulary;
        this.plainText = plainText;
        this.merges = merges;
        for (int rank = 0; rank < merges.length; rank++) {
            String merge = merges[rank];
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space + 1 == merge.length() || merge.length() > 2 * Vocabulary.MAX_TOKEN_CHARS) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "merge " + rank + " of tokenizer.ggml.merges is \"" + shown(merge)
                                + "\", expected two texts with a space between them; the file is damaged");
            }
        }
        this.index = new TextIndex(merges);
    }

    private static String shown(String merge) {
        return merge.length() <= 80 ? merge : merge.substring(0, 80) + "...";
    }

    private static int[] powers() {
        int[] powers = new int[2 * Vocabulary.MAX_TOKEN_CHARS + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = 31 * powers[i - 1];
        }
        return powers;
    }

    /** rank << 32 | joined symbol for {@code left} and {@code right}, or {@link MergeQueue#NO_PAIR}. */
    long find(int left, int right) {
        String a = text(left);
        String b = text(right);
        if (a.length() + b.length() >= POWERS.length) {
            return MergeQueue.NO_PAIR;
        }
        int power = POWERS[b.length()];
        int rank = index.find((a.hashCode() * 31 + ' ') * power + b.hashCode(), a, ' ', b);
        if (rank < 0) {
            return MergeQueue.NO_PAIR;
        }
        int id = vocabulary.index().find(a.hashCode() * power + b.hashCode(), a, TextIndex.NO_CHAR, b);
        if (id < 0) {
            return (long) rank << 32 | vocabulary.size() + rank;
        }
        // No text may spell a control token.
        return vocabulary.kind(id).isStructure() ? MergeQueue.NO_PAIR : (long) rank << 32 | id;
    }

    /** The text of {@code symbol}. */
    String text(int symbol) {
        if (symbol < 0) {
            return plainText ? Character.toString(~symbol) : String.valueOf(ByteAlphabet.of(~symbol));
        }
        if (symbol < vocabulary.size()) {
            return vocabulary.text(symbol);
        }
        String merge = merges[symbol - vocabulary.size()];
        int space = merge.indexOf(' ', 1);
        return merge.substring(0, space) + merge.substring(space + 1);
    }
}
