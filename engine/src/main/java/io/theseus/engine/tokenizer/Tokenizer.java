package io.theseus.engine.tokenizer;

import java.util.OptionalInt;
import java.util.Set;

/** Text to token ids and back. Immutable; safe for use by many threads. */
public interface Tokenizer {
    /**
     * The ids of {@code text}, without any BOS or EOS added around them. An unpaired surrogate counts as U+FFFD.
     *
     * @param parseSpecial whether the text of special tokens stands for them; {@code false} for anything a user wrote: then no
     *     control token is ever among the ids
     */
    int[] encode(String text, boolean parseSpecial);

    /**
     * The bytes token {@code id} stands for; a special token's are the UTF-8 of its text. Never null, may be empty.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if there is no such id
     */
    byte[] bytes(int id);

    /**
     * Whether {@code id} is a control token, whose text is not shown to users.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if there is no such id
     */
    boolean isControl(int id);

    /** Number of tokens; valid ids are 0 to size() - 1. */
    int size();

    OptionalInt bos();

    OptionalInt eos();

    /** Whether a raw completion prompt starts with {@link #bos()}. */
    boolean addsBos();

    /** Whether an encoded text ends with {@link #eos()} (embedding models). */
    boolean addsEos();

    /** Tokens that end an answer (eos, eot, eom and their kin). */
    Set<Integer> endOfGeneration();

    /** Whether encoding puts a space before a text, which decoding the whole text takes away again (SentencePiece). */
    boolean addsSpacePrefix();

    /**
     * The text of {@code ids} as a whole; bytes that are not UTF-8 become U+FFFD.
     *
     * @param showControl whether control tokens appear as their text
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if there is no such id
     */
    default String decode(int[] ids, boolean showControl) {
        TokenDecoder decoder = TokenDecoder.ofText(this, showControl);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.push(id));
        }
        return text.append(decoder.finish()).toString();
    }
}
