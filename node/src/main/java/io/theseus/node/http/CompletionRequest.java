package io.theseus.node.http;

import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.node.prompt.Bos;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * A text completion, checked.
 *
 * @param prompts at least one
 * @param maxTokens most tokens of each answer
 * @param echo whether each answer begins with its prompt
 */
record CompletionRequest(List<Prompt> prompts, int maxTokens, boolean echo) {
    private static final int DEFAULT_MAX_TOKENS = 16;
    private static final int MAX_PROMPT_TOKENS = 1 << 24;

    /** One prompt: its tokens, and its text for {@code echo}. */
    record Prompt(int[] ids, String text) {}

    static CompletionRequest read(Fields fields, Tokenizer tokenizer) {
        fields.string("suffix").filter(suffix -> !suffix.isEmpty()).ifPresent(suffix -> {
            throw ApiError.unsupported("suffix", "suffix is not supported; this node cannot fill in the middle.");
        });
        OptionalInt bestOf = fields.integer("best_of", 1, AnswerOptions.MAX_CHOICES);
        if (bestOf.orElse(1) > 1) {
            throw ApiError.unsupported("best_of", "best_of is not supported; ask for several answers with n.");
        }
        boolean echo = fields.flag("echo", false);
        if (echo && fields.value("logprobs").isPresent()) {
            throw ApiError.unsupported("echo", "echo together with logprobs is not supported yet.");
        }
        return new CompletionRequest(
                readPrompts(fields, tokenizer),
                AnswerOptions.maxTokens(fields, 0, "max_tokens").orElse(DEFAULT_MAX_TOKENS),
                echo);
    }

    private static List<Prompt> readPrompts(Fields fields, Tokenizer tokenizer) {
        boolean special = fields.flag("parse_special", false);
        JsonNode prompt = fields.value("prompt").orElseThrow(() -> fields.missing("prompt"));
        if (prompt.isString()) {
            return List.of(ofText(prompt.stringValue(), special, tokenizer));
        }
        if (!prompt.isArray()) {
            throw fields.wrongType("prompt", "a string, an array of strings, or an array of token ids", prompt);
        }
        if (prompt.isEmpty()) {
            throw ApiError.invalid("prompt", "prompt is an empty array; it needs at least one entry.");
        }
        if (prompt.get(0).isNumber()) {
            return List.of(ofIds(prompt, "prompt", tokenizer));
        }
        if (prompt.size() > AnswerOptions.MAX_CHOICES) {
            throw ApiError.invalid(
                    "prompt",
                    "prompt has " + prompt.size() + " entries, expected at most " + AnswerOptions.MAX_CHOICES + ".");
        }
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < prompt.size(); i++) {
            JsonNode entry = prompt.get(i);
            String path = "prompt[" + i + "]";
            if (entry.isString()) {
                prompts.add(ofText(entry.stringValue(), special, tokenizer));
            } else if (entry.isArray()) {
                prompts.add(ofIds(entry, path, tokenizer));
            } else {
                throw Fields.wrongTypeAt(path, "a string or an array of token ids", entry);
            }
        }
        return prompts;
    }

    private static Prompt ofText(String sent, boolean special, Tokenizer tokenizer) {
        String text = Json.text(sent);
        int[] ids = Bos.prepend(tokenizer.encode(text, special), tokenizer);
        if (ids.length == 0) {
            throw ApiError.invalid("prompt", "prompt is empty, and this model has no token to begin a text with.");
        }
        return new Prompt(ids, text);
    }

    private static Prompt ofIds(JsonNode array, String path, Tokenizer tokenizer) {
        if (array.isEmpty()) {
            throw ApiError.invalid(path, path + " is an empty array; it needs at least one token id.");
        }
        int[] ids = readIds(array, path, tokenizer);
        return new Prompt(ids, tokenizer.decode(ids, false));
    }

    /** Token ids of the vocabulary. */
    static int[] readIds(JsonNode array, String path, Tokenizer tokenizer) {
        if (array.size() > MAX_PROMPT_TOKENS) {
            throw ApiError.invalid(path, path + " has " + array.size() + " token ids; that is too many.");
        }
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = array.get(i);
            if (!id.isIntegralNumber()) {
                throw Fields.wrongTypeAt(path + "[" + i + "]", "a token id", id);
            }
            if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= tokenizer.size()) {
                throw ApiError.invalid(
                        path + "[" + i + "]",
                        path + "[" + i + "] is " + id + ", expected a token id of 0 to " + (tokenizer.size() - 1)
                                + ".");
            }
            ids[i] = id.intValue();
        }
        return ids;
    }

    /** Here {@code logprobs} is a number: how many alternatives; absent = no log probabilities. */
    static AnswerOptions readOptions(Fields fields, Tokenizer tokenizer, Ids ids) {
        int top = fields.integer("logprobs", 0, SamplingParameters.MAX_TOP_LOGPROBS)
                .orElse(-1);
        return AnswerOptions.read(fields, tokenizer, top, ids);
    }
}
