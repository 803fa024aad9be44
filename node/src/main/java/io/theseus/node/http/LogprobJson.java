package io.theseus.node.http;

import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Log probabilities in the two shapes that OpenAI has for them. */
final class LogprobJson {
    /** Stands for minus infinity, which JSON cannot say; OpenAI uses the same number. */
    private static final double FLOOR = -9999;

    private final Tokenizer tokenizer;

    LogprobJson(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** {@code {"content": [{token, logprob, bytes, top_logprobs}], "refusal": null}}. */
    ObjectNode chat(List<Token> tokens) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode content = json.putArray("content");
        for (Token token : tokens) {
            Logprobs logprobs = token.logprobs().orElseThrow();
            ObjectNode entry = content.addObject();
            describe(entry, token.id(), logprobs.logprob());
            ArrayNode top = entry.putArray("top_logprobs");
            for (TokenLogprob alternative : logprobs.top()) {
                describe(top.addObject(), alternative.id(), alternative.logprob());
            }
        }
        json.putNull("refusal");
        return json;
    }

    private void describe(ObjectNode entry, int id, double logprob) {
        byte[] bytes = tokenizer.bytes(id);
        entry.put("token", new String(bytes, StandardCharsets.UTF_8));
        entry.put("logprob", Math.max(FLOOR, logprob));
        ArrayNode array = entry.putArray("bytes");
        for (byte b : bytes) {
            array.add(b & 0xFF);
        }
    }

    /**
     * {@code {tokens, token_logprobs, top_logprobs, text_offset}}.
     *
     * @param offset where in the answer's text the first token begins, in characters
     */
    ObjectNode legacy(List<Token> tokens, int offset) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode texts = json.putArray("tokens");
        ArrayNode logprobs = json.putArray("token_logprobs");
        ArrayNode tops = json.putArray("top_logprobs");
        ArrayNode offsets = json.putArray("text_offset");
        int at = offset;
        for (Token token : tokens) {
            Logprobs known = token.logprobs().orElseThrow();
            String text = text(token.id());
            texts.add(text);
            logprobs.add(Math.max(FLOOR, known.logprob()));
            ObjectNode top = tops.addObject();
            for (TokenLogprob alternative : known.top()) {
                top.put(text(alternative.id()), Math.max(FLOOR, alternative.logprob()));
            }
            offsets.add(at);
            at += text.length();
        }
        return json;
    }

    /** Length of what {@link #legacy} counts for these tokens, in characters. */
    int length(List<Token> tokens) {
        return tokens.stream().mapToInt(token -> text(token.id()).length()).sum();
    }

    private String text(int id) {
        return new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
    }
}
