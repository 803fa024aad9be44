package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Usage;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The token counts of a response. Several answers to one prompt count that prompt once, as OpenAI does. */
final class UsageTotals {
    private int prompt;
    private int cached;
    private int completion;
    private long savedNanos;

    /** @param firstOfPrompt whether this is the first of the answers to its prompt */
    void add(Usage usage, boolean firstOfPrompt) {
        if (firstOfPrompt) {
            prompt += usage.promptTokens();
            cached += usage.cachedTokens();
            int computed = usage.promptTokens() - usage.cachedTokens();
            if (computed > 0) {
                // What was there already would have taken as long as the rest of the prompt, token by token.
                savedNanos += usage.prefillNanos() * usage.cachedTokens() / computed;
            }
        }
        completion += usage.completionTokens();
    }

    int prompt() {
        return prompt;
    }

    int cached() {
        return cached;
    }

    /** Prefill that was saved by states that were there already, as an estimate. */
    long savedNanos() {
        return savedNanos;
    }

    int completion() {
        return completion;
    }

    ObjectNode json() {
        ObjectNode usage = JsonNodeFactory.instance.objectNode();
        usage.put("prompt_tokens", prompt);
        usage.put("completion_tokens", completion);
        usage.put("total_tokens", prompt + completion);
        usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
        return usage;
    }
}
