package io.theseus.orchestrator;

import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An engine that spells the prompt's bytes backwards, by itself or step by step as a test says. */
final class StepEngine implements InferenceEngine {
    final List<Running> generations = new CopyOnWriteArrayList<>();
    private final Tokenizer tokenizer = new ByteTokenizer();
    volatile boolean stepwise;
    volatile @Nullable TheseusException refusal;
    volatile FinishReason reason = FinishReason.STOP;

    final class Running implements Generation {
        final GenerationRequest request;
        final CountDownLatch cancelled = new CountDownLatch(1);
        private final BlockingQueue<GenerationEvent> ready = new LinkedBlockingQueue<>();
        private final List<GenerationEvent> script = new ArrayList<>();
        private @Nullable GenerationEvent end;

        Running(GenerationRequest request) {
            this.request = request;
            int[] prompt = request.prompt();
            script.add(new GenerationEvent.Prefill(prompt.length, prompt.length));
            for (int i = prompt.length - 1; i >= 0; i--) {
                script.add(new GenerationEvent.Token(
                        prompt[i],
                        new String(tokenizer.bytes(prompt[i]), StandardCharsets.ISO_8859_1),
                        request.sampling().topLogprobs() < 0
                                ? Optional.empty()
                                : Optional.of(new Logprobs(-0.5, List.of(new TokenLogprob(prompt[i], -0.5))))));
            }
            script.add(new GenerationEvent.Finished(
                    reason, "!", new GenerationEvent.Usage(prompt.length, 0, prompt.length + 1, 5, 700, 300)));
            if (!stepwise) {
                step(script.size());
            }
        }

        /** Lets {@code count} more events happen. */
        void step(int count) {
            for (int i = 0; i < count && !script.isEmpty(); i++) {
                ready.add(script.removeFirst());
            }
        }

        void fail(TheseusException cause) {
            ready.add(new GenerationEvent.Failed(cause));
        }

        @Override
        public GenerationEvent next() throws InterruptedException {
            GenerationEvent event = null;
            while (event == null) {
                event = poll(1000);
            }
            return event;
        }

        @Override
        public @Nullable GenerationEvent poll(long millis) throws InterruptedException {
            if (end != null) {
                return end;
            }
            GenerationEvent event = ready.poll(millis, TimeUnit.MILLISECONDS);
            if (event instanceof GenerationEvent.Finished || event instanceof GenerationEvent.Failed) {
                end = event;
            }
            return event;
        }

        @Override
        public void cancel() {
            cancelled.countDown();
            ready.add(new GenerationEvent.Finished(
                    FinishReason.CANCELLED, "", new GenerationEvent.Usage(1, 0, 0, 0, 0, 0)));
        }
    }

    @Override
    public Generation submit(GenerationRequest request) {
        TheseusException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        Running running = new Running(request);
        generations.add(running);
        return running;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public int contextLength() {
        return 100;
    }

    @Override
    public Load load() {
        return new Load(0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void shutdown(long graceMillis) {
        // Nothing runs by itself.
    }
}
