package io.theseus.engine.scheduler;

import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import java.util.Optional;

/** What happens to one generation, in order: Prefill*, Token*, then exactly one Finished or Failed. */
public sealed interface GenerationEvent {
    /** Progress of the prompt, sent after each chunk. */
    record Prefill(int done, int total) implements GenerationEvent {}

    /**
     * One generated token; an end token has no text.
     *
     * @param text what can be shown now: empty while a character or a possible stop string is incomplete; several tokens' worth when
     *     a held-back piece is released
     */
    record Token(int id, String text, Optional<Logprobs> logprobs) implements GenerationEvent {}

    /**
     * The end.
     *
     * @param text the held-back rest of the answer, often empty
     */
    record Finished(FinishReason reason, String text, Usage usage) implements GenerationEvent {}

    /** The answer cannot be completed. */
    record Failed(TheseusException cause) implements GenerationEvent {}

    /**
     * What an answer cost.
     *
     * @param promptTokens tokens in the prompt
     * @param cachedTokens of them, those whose state was already there
     * @param completionTokens generated tokens, the end token included
     * @param queueNanos from submission to the first prefill chunk
     * @param prefillNanos from then to the first token
     * @param decodeNanos from then to the end
     */
    record Usage(
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            long queueNanos,
            long prefillNanos,
            long decodeNanos) {}
}
