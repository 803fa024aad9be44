package io.theseus.orchestrator;

import io.theseus.cache.AnswerKind;
import io.theseus.cache.answers.NewAnswer;
import io.theseus.core.Digest;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.orchestrator.flight.SingleFlight;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Remembers an answer when it is complete. The end of the answer waits until it is on disk, so that an answer whose end somebody has
 * seen survives the process.
 *
 * @param key of the request, or empty if the model's root is not known yet
 * @param keyOf makes it from the root
 * @param learning what the meaning layer waits for, if it does
 */
record AnswerKeeper(
        Memory memory,
        Recall recall,
        GenerationRequest request,
        Tokenizer tokenizer,
        Optional<Digest> key,
        Function<Digest, Digest> keyOf,
        Optional<Learning> learning)
        implements SingleFlight.Ending<GenerationEvent> {
    private static final System.Logger LOG = System.getLogger(AnswerKeeper.class.getName());

    /** After which the end of an answer comes all the same; the disk is then in trouble. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Tokens from the end of the prompt that stand for the question if nobody says what it is. */
    private static final int QUESTION_TOKENS = 48;

    @Override
    public void accept(List<GenerationEvent> events) {
        if (events.isEmpty() || !(events.getLast() instanceof Finished end) || !complete(end.reason())) {
            return;
        }
        try {
            NewAnswer answer = answer(events, end);
            var stored = memory.cache().put(answer);
            stored.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            // Comparing answers takes milliseconds, for which nobody waits.
            learning.ifPresent(waiting -> {
                var unused = stored.thenRunAsync(() -> waiting.done(answer.key(), answer.answer()));
            });
        } catch (InterruptedException e) {
            // The one who reads has somewhere else to be; the answer is stored without it waiting.
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "storing an answer takes long; its end goes out before it is on disk");
        } catch (ExecutionException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "an answer was not remembered", e);
        }
    }

    private static boolean complete(FinishReason reason) {
        return switch (reason) {
            case STOP, LENGTH -> true;
            case CANCELLED, DEADLINE, SHUTDOWN -> false;
        };
    }

    private NewAnswer answer(List<GenerationEvent> events, Finished end) {
        Usage usage = end.usage();
        Instant ended = memory.cache().clock().instant();
        long nanos = usage.prefillNanos() + usage.decodeNanos();
        Digest root = memory.identity().root();
        return new NewAnswer(
                key.orElseGet(() -> keyOf.apply(root)),
                root,
                memory.model(),
                memory.engineId(),
                AnswerKind.EVENTS,
                recall.scope(),
                recall.question().isEmpty() ? endOfPrompt() : recall.question(),
                AnswerPayload.text(events),
                AnswerPayload.write(events),
                usage.promptTokens(),
                usage.completionTokens(),
                nanos,
                ended.minusNanos(nanos),
                ended);
    }

    private String endOfPrompt() {
        int[] prompt = request.prompt();
        return tokenizer.decode(
                Arrays.copyOfRange(prompt, Math.max(0, prompt.length - QUESTION_TOKENS), prompt.length), false);
    }
}
