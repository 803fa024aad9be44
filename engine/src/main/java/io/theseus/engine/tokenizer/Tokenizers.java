package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Makes the tokenizer that a model file describes. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * The tokenizer of {@code metadata}, which needs no tensors.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if the vocabulary is missing or contradicts itself,
     *     {@link ErrorCode#MODEL_UNSUPPORTED} if it is of a kind that this version does not know
     */
    public static Tokenizer from(GgufMetadata metadata) {
        String model = metadata.requireString("tokenizer.ggml.model");
        return switch (model) {
            case "gpt2" -> bytePair(metadata, preTokenizer(metadata), false);
            case "gemma4" -> bytePair(metadata, PreTokenizers.named("gemma4"), true);
            case "llama" -> sentencePiece(metadata);
            case "t5" -> unigram(metadata);
            case "bert" -> wordPiece(metadata);
            default ->
                throw new TheseusException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "the tokenizer \"" + model + "\" (metadata tokenizer.ggml.model) is not one this version knows;"
                                + " it reads gpt2, llama, t5, bert and gemma4");
        };
    }

    private static PreTokenizer preTokenizer(GgufMetadata metadata) {
        return PreTokenizers.named(
                metadata.string("tokenizer.ggml.pre")
                        .orElseThrow(
                                () -> new TheseusException(
                                        ErrorCode.MODEL_UNSUPPORTED,
                                        "metadata tokenizer.ggml.pre is missing: the file does not say how its text is cut into words,"
                                                + " and a guess would garble prompts; convert the model again with a newer converter")));
    }

    private static Tokenizer bytePair(GgufMetadata metadata, PreTokenizer preTokenizer, boolean plainText) {
        Vocabulary vocabulary = Vocabulary.from(metadata);
        SpecialTokens special = SpecialTokens.resolve(
                metadata,
                vocabulary,
                new SpecialTokens.Defaults(-1, -1, -1, preTokenizer.addsBos() || plainText, false));
        String[] merges = Vocabulary.strings(metadata, "merges");
        BytePairEncoder encoder =
                new BytePairEncoder(vocabulary, new MergeTable(vocabulary, merges, plainText), preTokenizer, plainText);
        return tokenizer(metadata, vocabulary, special, encoder, false);
    }

    private static Tokenizer sentencePiece(GgufMetadata metadata) {
        Vocabulary vocabulary = Vocabulary.from(metadata);
        SpecialTokens special =
                SpecialTokens.resolve(metadata, vocabulary, new SpecialTokens.Defaults(1, 2, 0, true, false));
        boolean prefix = metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true);
        SentencePieceEncoder encoder = new SentencePieceEncoder(
                vocabulary,
                special.unknown(),
                prefix,
                metadata.bool("tokenizer.ggml.remove_extra_whitespaces").orElse(false));
        return tokenizer(metadata, vocabulary, special, encoder, prefix);
    }

    private static Tokenizer unigram(GgufMetadata metadata) {
        Vocabulary vocabulary = Vocabulary.from(metadata);
        SpecialTokens special =
                SpecialTokens.resolve(metadata, vocabulary, new SpecialTokens.Defaults(-1, 1, 2, false, true));
        boolean prefix = metadata.bool("tokenizer.ggml.add_space_prefix").orElse(false);
        UnigramEncoder encoder = new UnigramEncoder(
                vocabulary,
                special.unknown(),
                CharsMap.of(charsMap(metadata)),
                prefix,
                metadata.bool("tokenizer.ggml.remove_extra_whitespaces").orElse(false));
        return tokenizer(metadata, vocabulary, special, encoder, prefix);
    }

    private static byte[] charsMap(GgufMetadata metadata) {
        long[] values = metadata.integers("tokenizer.ggml.precompiled_charsmap").orElseGet(() -> new long[0]);
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static Tokenizer wordPiece(GgufMetadata metadata) {
        Vocabulary vocabulary = Vocabulary.from(metadata);
        OptionalInt cls = SpecialTokens.id(metadata, "cls_token_id", vocabulary, 101);
        OptionalInt sep = SpecialTokens.id(metadata, "seperator_token_id", vocabulary, 102); // the key is spelled so
        // A BERT text always stands between [CLS] and [SEP]; what the file says about BOS and EOS is about other
        // models.
        SpecialTokens special = SpecialTokens.resolve(
                metadata, vocabulary, new SpecialTokens.Defaults(cls.orElse(-1), sep.orElse(-1), 100, true, true));
        boolean lowercase = metadata.bool("tokenizer.ggml.normalizer.lowercase").orElse(true);
        boolean stripAccents =
                metadata.bool("tokenizer.ggml.normalizer.strip_accents").orElse(lowercase);
        WordPieceEncoder encoder = new WordPieceEncoder(vocabulary, special.unknown(), lowercase, stripAccents);
        return tokenizer(metadata, vocabulary, special, encoder, true);
    }

    private static Tokenizer tokenizer(
            GgufMetadata metadata,
            Vocabulary vocabulary,
            SpecialTokens special,
            TextEncoder encoder,
            boolean addsSpacePrefix) {
        BitSet stripsLeft = new BitSet();
        BitSet stripsRight = new BitSet();
        strips(metadata, vocabulary, stripsLeft, stripsRight);
        return new GgufTokenizer(vocabulary, special, encoder, addsSpacePrefix, stripsLeft, stripsRight);
    }

    /**
     * Which tokens swallow spaces beside them. GGUF has no place for that, so it is known by name.
     *
     * <p>Source: the added_tokens of the models' own tokenizer.json; llama.cpp, src/llama-vocab.cpp, "Handle per token attributes".
     */
    private static void strips(GgufMetadata metadata, Vocabulary vocabulary, BitSet left, BitSet right) {
        String name = metadata.string("general.name").orElse("").toLowerCase(Locale.ROOT);
        String architecture = metadata.string("general.architecture").orElse("");
        String pre = metadata.string("tokenizer.ggml.pre").orElse("");
        if (List.of("jina-v2-de", "jina-v2-es", "jina-v2-code").contains(pre)
                || List.of("nomic-bert-moe", "jina-bert-v3").contains(architecture)) {
            set(left, vocabulary.find("<mask>"));
        } else if (name.contains("phi-3") || name.contains("phi3")) {
            List<String> keep = List.of("<unk>", "<s>", "<|endoftext|>");
            for (int id = 0; id < vocabulary.size(); id++) {
                TokenKind kind = vocabulary.kind(id);
                if ((kind.isStructure() || kind == TokenKind.USER_DEFINED) && !keep.contains(vocabulary.text(id))) {
                    right.set(id);
                }
            }
            set(right, vocabulary.find("</s>"));
        } else if (name.contains("modern-bert")) {
            set(left, vocabulary.find("[MASK]"));
        }
    }

    private static void set(BitSet ids, int id) {
        if (id >= 0) {
            ids.set(id);
        }
    }
}
