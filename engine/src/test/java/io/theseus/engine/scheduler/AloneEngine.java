package io.theseus.engine.scheduler;

import io.theseus.engine.model.StepModel;
import io.theseus.engine.model.StepModel.Chunk;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.sampler.SampledToken;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingState;
import io.theseus.engine.sampler.TokenSampler;
import io.theseus.engine.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request at a time, one token at a time, text by decoding everything again: the oracle of the scheduler. */
final class AloneEngine {
    /** An answer without its timing. */
    record Result(List<Integer> ids, List<Optional<Logprobs>> logprobs, String text, FinishReason reason) {}

    private AloneEngine() {}

    static Result answer(StepModel model, GenerationRequest request) {
        return answer(model, new FakeTokenizer(), request);
    }

    static Result answer(StepModel model, Tokenizer tokenizer, GenerationRequest request) {
        Set<Integer> ends = request.ignoreEnd()
                ? Set.of()
                : request.endTokens().isEmpty() ? tokenizer.endOfGeneration() : request.endTokens();
        SamplingState sampling = new SamplingState(request.sampling(), request.prompt());
        TokenSampler sampler = new TokenSampler(model.vocabularySize());
        List<Integer> ids = new ArrayList<>();
        List<Optional<Logprobs>> logprobs = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Sequence sequence = model.newSequence()) {
            List<SampledToken> chosen = new ArrayList<>();
            for (int token : request.prompt()) {
                chosen.clear();
                step(model, sequence, token, sampler, sampling, chosen);
            }
            int most = Math.min(request.maxTokens(), model.contextLength() - request.prompt().length);
            while (ids.size() < most) {
                SampledToken token = chosen.getLast();
                chosen.clear();
                ids.add(token.id());
                logprobs.add(token.logprobs());
                sampling.accept(token.id());
                if (ends.contains(token.id())) {
                    return new Result(
                            ids, logprobs, Objects.requireNonNull(cut(bytes, request.stop(), true)), FinishReason.STOP);
                }
                if (!tokenizer.isControl(token.id()) || request.echoSpecial()) {
                    bytes.writeBytes(tokenizer.bytes(token.id()));
                }
                String text = cut(bytes, request.stop(), false);
                if (text != null) {
                    return new Result(ids, logprobs, text, FinishReason.STOP);
                }
                if (ids.size() < most) {
                    step(model, sequence, token.id(), sampler, sampling, chosen);
                }
            }
            return new Result(
                    ids, logprobs, Objects.requireNonNull(cut(bytes, request.stop(), true)), FinishReason.LENGTH);
        }
    }

    private static void step(
            StepModel model,
            Sequence sequence,
            int token,
            TokenSampler sampler,
            SamplingState sampling,
            List<SampledToken> chosen) {
        int position = sequence.length() + 1;
        model.step(List.of(new Chunk(
                sequence,
                new int[] {token},
                0,
                (index, logits) -> chosen.add(sampler.sample(logits, sampling, position)))));
    }

    /** The text before the first stop string to end; without one null, or the whole text if this is the end. */
    private static @Nullable String cut(ByteArrayOutputStream bytes, List<String> stops, boolean end) {
        String text = bytes.toString(StandardCharsets.UTF_8);
        int stop = firstStop(text, stops);
        return stop >= 0 ? text.substring(0, stop) : end ? text : null;
    }

    /** Where the stop string starts that ends first; of several that end there, the longest. -1 if there is none. */
    static int firstStop(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            int longest = 0;
            for (String stop : stops) {
                if (text.startsWith(stop, end - stop.length())) {
                    longest = Math.max(longest, stop.length());
                }
            }
            if (longest > 0) {
                return end - longest;
            }
        }
        return -1;
    }
}
