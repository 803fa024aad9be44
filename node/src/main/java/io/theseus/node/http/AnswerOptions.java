package io.theseus.node.http;

import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What chat and text completions have in common: how to choose tokens, when to stop, how to send the answer.
 *
 * @param choices answers per prompt ({@code n})
 * @param sampling with the first answer's seed
 * @param stop strings that end an answer
 * @param endTokens ids that end it besides the model's own
 * @param ignoreEnd whether end-of-generation tokens are passed over
 * @param stream whether the answer is sent as it comes
 * @param includeUsage whether a stream ends with its token counts
 */
record AnswerOptions(
        int choices,
        SamplingParameters sampling,
        List<String> stop,
        Set<Integer> endTokens,
        boolean ignoreEnd,
        boolean stream,
        boolean includeUsage) {
    /** Most answers one request can ask for, over all its prompts. */
    static final int MAX_CHOICES = 128;

    private static final int MAX_BIASES = 4096;
    private static final int MAX_END_TOKENS = 64;

    /**
     * Fields of other servers and of older APIs that would change the answer and that this node does not do. Ignoring them would
     * give the caller something else than was asked for.
     */
    private static final List<String> MEANINGFUL = List.of(
            "functions",
            "function_call",
            "audio",
            "web_search_options",
            "grammar",
            "json_schema",
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "structured_outputs",
            "use_beam_search",
            "min_tokens",
            "bad_words",
            "allowed_token_ids",
            "typical_p",
            "mirostat",
            "dry_multiplier",
            "xtc_probability",
            "prompt_logprobs",
            "prompt_embeds");

    AnswerOptions {
        stop = List.copyOf(stop);
        endTokens = Set.copyOf(endTokens);
    }

    /** @param topLogprobs alternatives per token, -1 = no log probabilities; chat and completions name it differently */
    static AnswerOptions read(Fields fields, Tokenizer tokenizer, int topLogprobs, Ids ids) {
        for (String name : MEANINGFUL) {
            fields.value(name).filter(AnswerOptions::asksForSomething).ifPresent(value -> {
                throw ApiError.unsupported(name, name + " is not supported by this node; leave it out.");
            });
        }
        readResponseFormat(fields);
        boolean stream = fields.flag("stream", false);
        Optional<Fields> streamOptions = fields.object("stream_options");
        if (streamOptions.isPresent() && !stream) {
            throw ApiError.invalid("stream_options", "stream_options needs stream to be true.");
        }
        return new AnswerOptions(
                fields.integer("n", 1, MAX_CHOICES).orElse(1),
                readSampling(fields, tokenizer, topLogprobs, ids),
                readStop(fields),
                readEndTokens(fields, tokenizer),
                fields.flag("ignore_eos", false),
                stream,
                streamOptions
                        .map(options -> options.flag("include_usage", false))
                        .orElse(false));
    }

    private static boolean asksForSomething(JsonNode value) {
        return !(value.isBoolean() && !value.booleanValue())
                && !(value.isNumber() && value.doubleValue() == 0)
                && !(value.isContainer() && value.isEmpty());
    }

    private static void readResponseFormat(Fields fields) {
        fields.object("response_format").ifPresent(format -> {
            String type = format.string("type").orElse("text");
            if (!type.equals("text")) {
                throw ApiError.unsupported(
                        "response_format",
                        "response_format of type " + type + " is not supported yet; ask for JSON in the prompt.");
            }
        });
    }

    private static SamplingParameters readSampling(Fields fields, Tokenizer tokenizer, int topLogprobs, Ids ids) {
        int topK = fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0);
        return new SamplingParameters(
                (float) fields.real("temperature", 0, 2).orElse(1),
                Math.max(0, topK),
                (float) fields.real("top_p", 0, 1).orElse(1),
                (float) fields.real("min_p", 0, 1).orElse(0),
                (float) fields.real("repetition_penalty", 0.01, 100).orElse(1),
                (float) fields.real("frequency_penalty", -2, 2).orElse(0),
                (float) fields.real("presence_penalty", -2, 2).orElse(0),
                readBias(fields, tokenizer),
                fields.integer("seed").orElseGet(ids::seed),
                topLogprobs);
    }

    private static Map<Integer, Float> readBias(Fields fields, Tokenizer tokenizer) {
        Map<Integer, Float> biases = new HashMap<>();
        fields.object("logit_bias").ifPresent(map -> {
            if (map.node().size() > MAX_BIASES) {
                throw ApiError.invalid("logit_bias", "logit_bias has more than " + MAX_BIASES + " entries.");
            }
            for (String key : map.node().propertyNames()) {
                double bias = map.real(key, -100, 100)
                        .orElseThrow(() -> ApiError.invalidType(map.path(key), map.path(key) + " is null."));
                biases.put(tokenId("logit_bias", key, tokenizer), (float) bias);
            }
        });
        return biases;
    }

    private static int tokenId(String param, String text, Tokenizer tokenizer) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0 && id < tokenizer.size()) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw ApiError.invalid(param, param + " has the key \"" + text + "\", expected token ids.");
        }
        throw ApiError.invalid(
                param, param + " has token id " + text + ", expected 0 to " + (tokenizer.size() - 1) + ".");
    }

    private static List<String> readStop(Fields fields) {
        Optional<JsonNode> value = fields.value("stop");
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isString()) {
            return List.of(stopString("stop", value.get()));
        }
        List<String> stop = new ArrayList<>();
        List<JsonNode> entries =
                fields.array("stop", GenerationRequest.MAX_STOPS).orElse(List.of());
        for (int i = 0; i < entries.size(); i++) {
            stop.add(stopString("stop[" + i + "]", entries.get(i)));
        }
        return stop;
    }

    private static String stopString(String path, JsonNode node) {
        if (!node.isString()) {
            throw Fields.wrongTypeAt(path, "a string", node);
        }
        String text = Json.text(node.stringValue());
        if (text.isEmpty() || text.length() > GenerationRequest.MAX_STOP_LENGTH) {
            throw ApiError.invalid(
                    path,
                    path + " has " + text.length() + " characters, expected 1 to " + GenerationRequest.MAX_STOP_LENGTH
                            + ".");
        }
        return text;
    }

    private static Set<Integer> readEndTokens(Fields fields, Tokenizer tokenizer) {
        Set<Integer> ends = new HashSet<>();
        fields.array("stop_token_ids", MAX_END_TOKENS);
        fields.value("stop_token_ids").ifPresent(array -> {
            for (int id : CompletionRequest.readIds(array, "stop_token_ids", tokenizer)) {
                ends.add(id);
            }
        });
        return ends;
    }

    /** The engine's request for answer {@code index} to {@code prompt}. */
    GenerationRequest request(
            int[] prompt,
            int index,
            int maxTokens,
            Tokenizer tokenizer,
            boolean showControl,
            Optional<Duration> deadline) {
        Set<Integer> ends = new HashSet<>(endTokens);
        if (!endTokens.isEmpty() && !ignoreEnd) {
            ends.addAll(tokenizer.endOfGeneration());
        }
        return new GenerationRequest(
                prompt,
                maxTokens,
                sampling.withSeed(seed(sampling.seed(), index)),
                stop,
                ends,
                ignoreEnd,
                showControl,
                deadline);
    }

    /**
     * The seed of the {@code index}-th answer: the request's own for the first, so that asking for one answer again gives the same
     * as the first of several, and well-mixed ones for the others.
     *
     * <p>Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators (2014), the mixing function of SplitMix64.
     */
    static long seed(long seed, int index) {
        if (index == 0) {
            return seed;
        }
        long z = seed + index * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The first of {@code names} that is given, an integer from {@code min} up. */
    static OptionalInt maxTokens(Fields fields, int min, String... names) {
        for (String name : names) {
            OptionalInt value = fields.integer(name, min, Integer.MAX_VALUE);
            if (value.isPresent()) {
                return value;
            }
        }
        return OptionalInt.empty();
    }
}
