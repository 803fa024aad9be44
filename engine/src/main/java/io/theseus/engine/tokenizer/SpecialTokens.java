package io.theseus.engine.tokenizer;

import io.theseus.engine.gguf.GgufMetadata;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The tokens with a role.
 *
 * @param unknown stands for text that the vocabulary cannot express
 * @param endOfGeneration tokens that end an answer
 */
record SpecialTokens(
        OptionalInt bos,
        OptionalInt eos,
        OptionalInt unknown,
        boolean addsBos,
        boolean addsEos,
        Set<Integer> endOfGeneration) {
    /*
     * The GGUF format names only some roles, so the end of an answer is also known by the token's text, the way every program that
     * reads these files does it.
     *
     * Source: llama.cpp, src/llama-vocab.cpp, what llama_vocab::is_eog answers.
     */
    private static final List<String> END_NAMES = List.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "<|eom_id|>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "[EOS]",
            "<|end_of_text|>",
            "<end_of_utterance>",
            "<eos>",
            "<turn|>",
            "<|tool_response>",
            "<｜end▁of▁sentence｜>",
            "[e~[",
            "<|fim_pad|>",
            "<fim-pad>",
            "<fim_pad>",
            "<|fim_repo|>",
            "<|repo_name|>",
            "<fim-repo>",
            "<REPO>",
            "<reponame>",
            "<|file_sep|>");

    private static final List<String> END_KEYS = List.of(
            "eos_token_id", "eot_token_id", "eom_token_id", "fim_pad_token_id", "fim_rep_token_id", "fim_sep_token_id");

    /** Parts of gpt-oss answers that programs look for in the text, so they are shown although the file calls them control. */
    private static final List<String> SHOWN_NAMES = List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>");

    SpecialTokens {
        endOfGeneration = Set.copyOf(endOfGeneration);
    }

    /** Defaults of a vocabulary type, for what the file does not say; ids are -1 where there is none. */
    record Defaults(int bos, int eos, int unknown, boolean addsBos, boolean addsEos) {}

    /** Reads the roles, and corrects in {@code vocabulary} the kind of tokens whose name says more than their type. */
    static SpecialTokens resolve(GgufMetadata metadata, Vocabulary vocabulary, Defaults defaults) {
        Set<Integer> ends = new LinkedHashSet<>();
        for (String key : END_KEYS) {
            id(metadata, key, vocabulary, -1).ifPresent(ends::add);
        }
        for (String name : END_NAMES) {
            int id = vocabulary.find(name);
            if (id >= 0) {
                ends.add(id);
                vocabulary.reclassify(id, TokenKind.CONTROL);
            }
        }
        // In some vocabularies this is four ordinary characters.
        int slashS = vocabulary.find("</s>");
        if (slashS >= 0 && vocabulary.kind(slashS) == TokenKind.CONTROL && vocabulary.find("<|tool_response>") < 0) {
            ends.add(slashS);
        }
        boolean harmony = has(vocabulary, "<|return|>") && has(vocabulary, "<|call|>");
        boolean solar = has(vocabulary, "<|flush|>") && has(vocabulary, "<|calls|>");
        if (harmony || solar) {
            // There "<|end|>" ends a message, after which the answer goes on.
            int end = vocabulary.find("<|end|>");
            if (ends.remove(end)) {
                vocabulary.reclassify(end, TokenKind.USER_DEFINED);
            }
        }
        for (String name : SHOWN_NAMES) {
            int id = vocabulary.find(name);
            if (id >= 0) {
                vocabulary.reclassify(id, TokenKind.USER_DEFINED);
            }
        }
        OptionalInt bos = id(metadata, "bos_token_id", vocabulary, defaults.bos);
        OptionalInt eos = id(metadata, "eos_token_id", vocabulary, defaults.eos);
        eos.ifPresent(ends::add);
        boolean addsBos = metadata.bool("tokenizer.ggml.add_bos_token").orElse(defaults.addsBos);
        boolean addsEos = metadata.bool("tokenizer.ggml.add_eos_token").orElse(defaults.addsEos);
        return new SpecialTokens(
                bos,
                eos,
                id(metadata, "unknown_token_id", vocabulary, defaults.unknown),
                addsBos && bos.isPresent(),
                addsEos && eos.isPresent(),
                ends);
    }

    /** The id under {@code key}; files write -1 or 2^32 - 1 for "none", so an id outside the vocabulary is none. */
    static OptionalInt id(GgufMetadata metadata, String key, Vocabulary vocabulary, int otherwise) {
        OptionalLong value = metadata.integer("tokenizer.ggml." + key);
        long id = value.orElse(otherwise);
        return id >= 0 && id < vocabulary.size() ? OptionalInt.of((int) id) : OptionalInt.empty();
    }

    private static boolean has(Vocabulary vocabulary, String name) {
        return vocabulary.find(name) >= 0;
    }
}
