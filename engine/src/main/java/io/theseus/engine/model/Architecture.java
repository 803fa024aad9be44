package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What sets one family of models apart from the next. All of them are stacks of the same layer (numerics.md, rule 4); a family is
 * described by the choices below, and what a file may or may not contain (biases, tied embeddings) is read off the file.
 *
 * <p>Source: the model classes of transformers, and llama.cpp's names for metadata and tensors.
 */
public enum Architecture {
    /** Llama 1 to 3.x, Mistral, SmolLM2: the file's rows of Q and K are permuted so that rotary pairs are neighbours. */
    LLAMA("llama", RotaryPairs.NEIGHBOURS, false),
    /** Qwen 2 and 2.5. */
    QWEN2("qwen2", RotaryPairs.HALVES, false),
    /** Qwen 3: heads of Q and K are normalised before rotation. */
    QWEN3("qwen3", RotaryPairs.HALVES, true);

    private final String id;
    private final RotaryPairs pairs;
    private final boolean headNorm;

    /** Which two channels of a head are rotated together. */
    public enum RotaryPairs {
        /** (2i, 2i + 1). */
        NEIGHBOURS,
        /** (i, i + d/2). */
        HALVES
    }

    Architecture(String id, RotaryPairs pairs, boolean headNorm) {
        this.id = id;
        this.pairs = pairs;
        this.headNorm = headNorm;
    }

    /** Value of {@code general.architecture}, and prefix of the family's metadata. */
    public String id() {
        return id;
    }

    public RotaryPairs pairs() {
        return pairs;
    }

    /** Whether each head of Q and K is RMS-normalised before rotation. */
    public boolean headNorm() {
        return headNorm;
    }

    /**
     * The architecture a file names.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} for one that is not listed here
     */
    public static Architecture of(GgufMetadata metadata) {
        String name = metadata.requireString("general.architecture");
        for (Architecture architecture : values()) {
            if (architecture.id.equals(name)) {
                return architecture;
            }
        }
        String known = Arrays.stream(values()).map(Architecture::id).collect(Collectors.joining(", "));
        throw new TheseusException(
                ErrorCode.MODEL_UNSUPPORTED,
                "the model's architecture is " + name + ", which this version cannot run; it runs " + known);
    }
}
