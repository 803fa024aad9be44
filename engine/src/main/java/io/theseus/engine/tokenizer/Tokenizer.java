package io.theseus.engine.tokenizer;

import java.util.OptionalInt;
import java.util.Set;

/** Text to token ids and back. Immutable; safe for use by many threads. */
public interface Tokenizer {
    /**
     * The ids of {@code text}, without any BOS or EOS added around them.
     *
     * @param parseSpecial whether the text of special tokens stands for them; {@code false} for anything a user wrote
     */
    int[] encode(String text, boolean parseSpecial);

    /** The bytes token {@code id} stands for; a special token's are the UTF-8 of its text. Never null, may be empty. */
    byte[] bytes(int id);

    /** Whether {@code id} is a control token, whose text is not shown to users. */
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
}
