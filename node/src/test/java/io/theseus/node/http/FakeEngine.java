package io.theseus.node.http;

import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** An engine that says what its script says, one byte a token, and can be held before any token. */
final class FakeEngine implements InferenceEngine {
    private final Tokenizer tokenizer;
    private final int contextLength;
    private final Function<GenerationRequest, String> script;

    final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();
    final List<Scripted> generations = new CopyOnWriteArrayList<>();

    volatile boolean held;

    /** How many events of an answer come by themselves, unless {@link #held}. */
    volatile ToIntFunction<GenerationRequest> allowance = request -> Integer.MAX_VALUE;

    volatile boolean healthy = true;
    volatile @Nullable TheseusException refusal;
    volatile @Nullable TheseusException failureAfterFirst;
    volatile FinishReason forcedReason = FinishReason.STOP;

    FakeEngine(Tokenizer tokenizer, int contextLength, Function<GenerationRequest, String> script) {
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
        this.script = script;
    }

    @Override
    public Generation submit(GenerationRequest request) {
        TheseusException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        requests.add(request);
        Scripted generation = new Scripted(request, script.apply(request));
        generations.add(generation);
        return generation;
    }

    /** The generation of the {@code index}-th request. */
    final class Scripted implements Generation {
        final CountDownLatch cancelled = new CountDownLatch(1);
        private final Deque<GenerationEvent> events = new ArrayDeque<>();
        private final int promptTokens;
        private int allowed;
        private @Nullable GenerationEvent last;

        /** As in a real engine, a cut answer is over at once, whether or not anybody reads its last event. */
        private boolean cut;

        private Scripted(GenerationRequest request, String text) {
            promptTokens = request.prompt().length;
            allowed = held ? 0 : allowance.applyAsInt(request);
            byte[] bytes = beforeStop(text, request.stop()).getBytes(StandardCharsets.UTF_8);
            int most = Math.min(bytes.length, request.maxTokens());
            String shown = new String(bytes, 0, most, StandardCharsets.UTF_8);
            for (int i = 0; i < shown.length(); ) {
                int next = shown.offsetByCodePoints(i, 1);
                String piece = shown.substring(i, next);
                byte[] token = piece.getBytes(StandardCharsets.UTF_8);
                for (int b = 0; b < token.length; b++) {
                    events.add(new Token(
                            token[b] & 0xFF,
                            b == token.length - 1 ? piece : "",
                            logprobs(token[b] & 0xFF, request.sampling().topLogprobs())));
                }
                i = next;
            }
            boolean tooLong = most < bytes.length;
            TheseusException failure = failureAfterFirst;
            if (failure != null) {
                while (events.size() > 1) {
                    events.removeLast();
                }
                events.add(new GenerationEvent.Failed(failure));
            } else {
                events.add(finished(tooLong ? FinishReason.LENGTH : forcedReason, most + (tooLong ? 0 : 1)));
            }
        }

        private static String beforeStop(String text, List<String> stops) {
            int end = text.length();
            for (String stop : stops) {
                int at = text.indexOf(stop);
                end = at >= 0 ? Math.min(end, at) : end;
            }
            return text.substring(0, end);
        }

        private synchronized boolean running() {
            return last == null && !cut;
        }

        private Finished finished(FinishReason reason, int tokens) {
            return new Finished(reason, "", new Usage(promptTokens, promptTokens / 2, tokens, 1000, 2000, 3000));
        }

        private Optional<Logprobs> logprobs(int id, int top) {
            if (top < 0) {
                return Optional.empty();
            }
            List<TokenLogprob> alternatives = new ArrayList<>();
            for (int i = 0; i < top; i++) {
                alternatives.add(new TokenLogprob((id + i) % 256, -0.25 * (i + 1)));
            }
            return Optional.of(new Logprobs(-0.25, alternatives));
        }

        /** Lets {@code count} more events out. */
        synchronized void release(int count) {
            allowed = (int) Math.min(Integer.MAX_VALUE, (long) allowed + count);
            notifyAll();
        }

        /** Ends the answer at once for this reason. */
        synchronized void end(FinishReason reason) {
            if (running()) {
                events.clear();
                events.add(finished(reason, 1));
                cut = true;
                allowed = Integer.MAX_VALUE;
                notifyAll();
            }
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
        public synchronized @Nullable GenerationEvent poll(long millis) throws InterruptedException {
            if (last != null) {
                return last;
            }
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (allowed == 0) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return null;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            allowed--;
            GenerationEvent event = events.removeFirst();
            if (!(event instanceof Token)) {
                last = event;
            }
            return event;
        }

        @Override
        public void cancel() {
            end(FinishReason.CANCELLED);
            cancelled.countDown();
        }
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public boolean healthy() {
        return healthy;
    }

    @Override
    public Load load() {
        int running = (int) generations.stream().filter(Scripted::running).count();
        return new Load(running, 2, 3, 40, 500, 60, 700, 8);
    }

    @Override
    public void shutdown(long graceMillis) {
        generations.forEach(generation -> generation.end(FinishReason.SHUTDOWN));
    }
}
