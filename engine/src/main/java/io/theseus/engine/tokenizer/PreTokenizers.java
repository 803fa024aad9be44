package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.List;

/**
 * The pre-tokenizers that GGUF files name in {@code tokenizer.ggml.pre}.
 *
 * <p>Source: the {@code pre_tokenizer} of each model's own tokenizer.json; which name means which model's, and the rules that stand
 * in for steps that are not patterns: llama.cpp, src/llama-vocab.cpp.
 */
final class PreTokenizers {
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
    private static final String WORDS_BY_CASE = BEFORE + UPPER + "*" + LOWER + "+" + CONTRACTIONS + "?|" + BEFORE
            + UPPER + "+" + LOWER + "*" + CONTRACTIONS + "?";
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String LLAMA3 =
            CONTRACTIONS + "|" + BEFORE + "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES;
    private static final String QWEN2 =
            CONTRACTIONS + "|" + BEFORE + "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES;
    private static final String GPT4O = WORDS_BY_CASE + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;
    private static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";
    private static final String DEEPSEEK_WORDS = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|"
            + "[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+";
    private static final String CJK = "[一-龥぀-ゟ゠-ヿ]+";
    private static final String WIDE_CJK = "[一-龥ࠀ-一가-퟿]+";
    // Latin, Greek, Cyrillic, Armenian, Georgian, Cherokee and their kin: the letters with case, as DeepSeek lists
    // them.
    private static final String CASED_LETTERS =
            "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫ"
                    + "ᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤ"
                    + "Ⳬ-ⳮⲲⲳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃";

    private PreTokenizers() {}

    /**
     * The pre-tokenizer called {@code name}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} if there is none of that name: another one would give wrong
     *     tokens without anyone noticing
     */
    static PreTokenizer named(String name) {
        return switch (name) {
            case "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "jina-v1-en", "jina-v2-code" ->
                plain(GPT2);
            case "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "modern-bert", "mpt", "olmo", "jais" -> plain(GPT2);
            case "trillion", "granite-docling", "exaone4" -> plain(GPT2);
            case "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2" ->
                plain("\\p{N}", GPT2);
            case "llama3",
                    "llama-v3",
                    "llama-bpe",
                    "falcon3",
                    "falcon-h1",
                    "pixtral",
                    "midm-2.0",
                    "lfm2",
                    "jina-v5-nano" -> new PreTokenizer(patterns(LLAMA3), true, true);
            case "dbrx", "smaug-bpe", "chatglm-bpe" -> plain(LLAMA3);
            case "glm4", "glm5" -> new PreTokenizer(patterns(LLAMA3), true, false);
            case "qwen2",
                    "deepseek-r1-qwen",
                    "kormo",
                    "f2llmv2",
                    "stablelm2",
                    "megrez",
                    "hunyuan",
                    "solar-open",
                    "grok-2" -> plain(QWEN2);
            case "qwen35" ->
                plain(CONTRACTIONS + "|" + BEFORE + "[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|"
                        + SPACES);
            case "laguna" -> plain("[^\\n]+|[\\n]+", QWEN2);
            case "ufakzeka" -> plain(BEFORE + "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES);
            case "minicpm5" ->
                new PreTokenizer(
                        patterns(
                                "\\p{N}{1,3}",
                                CONTRACTIONS + "|" + BEFORE + "\\p{L}+|\\p{N}+| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
                                        + SPACES),
                        true,
                        false);
            case "jais-2" ->
                plain(CONTRACTIONS + "|" + BEFORE + "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
                        + "\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)|"
                        + "\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}");
            case "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2" -> plain(GPT4O);
            case "granite-embed-multi-97m" -> new PreTokenizer(patterns(GPT4O), true, false);
            case "tekken" ->
                new PreTokenizer(
                        patterns(BEFORE + UPPER + "*" + LOWER + "+|" + BEFORE + UPPER + "+" + LOWER + "*|\\p{N}|"
                                + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES),
                        true,
                        true);
            case "youtu" ->
                new PreTokenizer(
                        patterns(
                                "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|" + CJK,
                                WORDS_BY_CASE + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES),
                        true,
                        false);
            case "seed-coder" ->
                plain(CONTRACTIONS + "|" + BEFORE + "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|" + SPACES);
            case "bailingmoe", "bailingmoe2", "llada-moe" ->
                plain("'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|"
                        + "\\s*[\\r\\n]|\\s+(?!\\S)|\\s+");
            case "deepseek-llm" -> deepseekLlm();
            case "deepseek-coder" -> plain("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", WIDE_CJK, "\\p{N}");
            case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4" ->
                plain("\\p{N}{1,3}", CJK, DEEPSEEK_WORDS + "[\\r\\n]*|" + SPACES);
            case "spark2_5" -> plain("\\p{N}{1,3}", CJK, DEEPSEEK_WORDS + "|[\\r\\n]|\\s+(?!\\S)|\\s+", "\\p{N}");
            case "falcon" -> plain("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]");
            case "default" -> plain("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]");
            case "bloom", "gpt3-finnish", "poro-chat" -> plain(BLOOM);
            case "viking" -> plain(BLOOM, "\\p{N}");
            case "gemma4", "granite-embed-multi-311m", "sarvam-moe" -> plain("[^\\n]+|[\\n]+");
            default ->
                throw new TheseusException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "the pre-tokenizer \"" + name + "\" (metadata tokenizer.ggml.pre) is not one this version"
                                + " knows; a guess would garble every prompt, so use a model with another tokenizer");
        };
    }

    private static PreTokenizer deepseekLlm() {
        List<SplitRule> rules = new ArrayList<>();
        rules.add(SplitPattern.of("[\\r\\n]"));
        rules.add(SplitPattern.of("\\s?[" + CASED_LETTERS + "]+"));
        rules.add(SplitPattern.of("\\s?[!-/:-~！-／：-～‘-‟　-。]+"));
        rules.add(new TrailingSpace());
        rules.add(SplitPattern.of(WIDE_CJK));
        rules.add(SplitPattern.of("\\p{N}+"));
        return new PreTokenizer(rules, false, false);
    }

    private static PreTokenizer plain(String... patterns) {
        return new PreTokenizer(patterns(patterns), false, false);
    }

    private static List<SplitRule> patterns(String... patterns) {
        List<SplitRule> rules = new ArrayList<>(patterns.length);
        for (String pattern : patterns) {
            rules.add(SplitPattern.of(pattern));
        }
        return rules;
    }
}
