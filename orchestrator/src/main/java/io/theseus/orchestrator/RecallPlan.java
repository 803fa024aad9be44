package io.theseus.orchestrator;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Scope;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.orchestrator.flight.Seat;
import io.theseus.orchestrator.flight.SingleFlight;
import io.theseus.orchestrator.meaning.Match;
import io.theseus.orchestrator.meaning.MeaningLayer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The requests of one call on their way to their answers: looked up, joined to what runs, or submitted together. */
final class RecallPlan {
    private final InferenceEngine engine;
    private final Memory memory;
    private final AnswerCache cache;
    private final SingleFlight<Digest, GenerationEvent> flights;
    private final Recall recall;
    private final List<Step> steps = new ArrayList<>();

    RecallPlan(InferenceEngine engine, Memory memory, SingleFlight<Digest, GenerationEvent> flights, Recall recall) {
        this.engine = engine;
        this.memory = memory;
        this.cache = memory.cache();
        this.flights = flights;
        this.recall = recall;
    }

    /** One request; without a seat and an answer it is computed for itself. */
    private static final class Step {
        final GenerationRequest request;
        final Optional<Digest> key;
        final Function<Digest, Digest> keyOf;

        @Nullable
        Seat<GenerationEvent> seat;

        @Nullable
        Recalled answer;

        /** What the meaning layer wants to hear when the answer is there. */
        Optional<Learning> learning = Optional.empty();

        /** @param keyOf makes the key of the model's root, once that is known */
        Step(GenerationRequest request, Optional<Digest> key, Function<Digest, Digest> keyOf) {
            this.request = request;
            this.key = key;
            this.keyOf = keyOf;
        }

        boolean toCompute() {
            return answer == null && (seat == null || seat.leads());
        }
    }

    /**
     * Finds out what {@code request} needs.
     *
     * @throws TheseusException {@code NOT_REMEMBERED} if it is not there and nothing else is wanted
     */
    void add(GenerationRequest request) throws InterruptedException {
        boolean repeatable = recall.seeded() || recall.sampled() || RequestKey.greedy(request.sampling());
        OptionalInt anyDraw = recall.seeded() ? OptionalInt.empty() : OptionalInt.of(steps.size());
        Function<Digest, Digest> keyOf = root -> key(root, request, anyDraw);
        Optional<Digest> key = repeatable ? memory.identity().known().map(keyOf) : Optional.empty();
        Step step = new Step(request, key, keyOf);
        boolean reads = key.isPresent() && recall.control().reads();
        CachedAnswer found = reads ? fresh(cache.find(key.get())) : null;
        if (found != null) {
            step.answer = new Recalled(new Replay(AnswerPayload.read(found.payload())), remembered(found));
            steps.add(step);
            return;
        }
        if (reads) {
            cache.miss();
        }
        if (reads && byMeaning(step)) {
            steps.add(step);
            return;
        }
        if (recall.control().onlyIfCached()) {
            throw RememberingEngine.notRemembered();
        }
        steps.add(step);
        if (reads) {
            share(step, key.get());
        } else if (repeatable && recall.control().writes()) {
            step.seat = flights.alone();
        }
        if (step.seat != null && recall.control().writes()) {
            step.seat.keep();
        }
    }

    /** Whether the answer to another question of the same meaning serves. */
    private boolean byMeaning(Step step) throws InterruptedException {
        boolean greedy = RequestKey.greedy(step.request.sampling());
        Question question =
                recall.meaning().filter(asked -> recall.seeded() || greedy).orElse(null);
        Digest root = memory.identity().known().orElse(null);
        MeaningLayer layer =
                question == null || root == null || memory.meanings().isEmpty()
                        ? null
                        : memory.meanings().get().soon().orElse(null);
        if (question == null || root == null || layer == null) {
            return false;
        }
        Match match = layer.match(
                        key(root, question.frame(), OptionalInt.empty()),
                        question.text(),
                        found -> fresh(Optional.of(found)) != null)
                .orElse(null);
        return switch (match) {
            case Match.Serves serves -> {
                CachedAnswer found = serves.answer();
                cache.hit(found);
                step.answer = new Recalled(
                        new Replay(AnswerPayload.read(found.payload())),
                        new Provenance.Meant(found, age(found), serves.cosine()));
                yield true;
            }
            case Match.Computes computes -> {
                step.learning = Optional.of(new Learning(layer, computes));
                yield false;
            }
            case null -> false;
        };
    }

    private void share(Step step, Digest key) {
        Seat<GenerationEvent> seat = flights.join(key);
        step.seat = seat;
        CachedAnswer late = seat.leads() ? fresh(cache.recent(key)) : null;
        if (late != null) {
            // Whoever computed it until just now stored it before leaving. Others may already wait for us.
            seat.launch(new GenerationSource(new Replay(AnswerPayload.read(late.payload()))), events -> {});
            step.answer = new Recalled(new SharedGeneration(seat, step.request, System::nanoTime), remembered(late));
        }
    }

    private Digest key(Digest root, GenerationRequest request, OptionalInt anyDraw) {
        return RequestKey.of(
                root, memory.engineId(), recall.salt(), request, anyDraw, engine.tokenizer(), engine.contextLength());
    }

    private @Nullable CachedAnswer fresh(Optional<CachedAnswer> found) {
        return found.filter(answer -> recall.control()
                        .maxAge()
                        .map(most -> age(answer).compareTo(most) <= 0)
                        .orElse(true))
                .orElse(null);
    }

    private Duration age(CachedAnswer answer) {
        Duration age = Duration.between(answer.info().created(), cache.clock().instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    private Provenance remembered(CachedAnswer found) throws TheseusException {
        cache.hit(found);
        return new Provenance.Remembered(found, age(found));
    }

    /**
     * Submits what has to be computed here, in one go.
     *
     * @return all answers, in the order of their requests
     */
    List<Recalled> start() throws InterruptedException {
        for (Step step : steps) {
            if (step.answer != null
                    && step.answer.provenance() instanceof Provenance.Remembered(CachedAnswer found, Duration age)
                    && recall.scope() == Scope.SWARM
                    && found.info().scope() == Scope.PRIVATE) {
                cache.scope(found.info().key(), Scope.SWARM);
            }
        }
        List<Step> own = steps.stream().filter(Step::toCompute).toList();
        if (!own.isEmpty()) {
            List<Generation> generations = engine.submit(own.stream()
                    .map(step -> step.seat == null ? step.request : withoutDeadline(step.request))
                    .toList());
            for (int i = 0; i < own.size(); i++) {
                launch(own.get(i), generations.get(i));
            }
        }
        for (Step step : steps) {
            if (step.answer == null && step.seat != null && step.key.isPresent()) {
                step.answer = new Recalled(
                        new SharedGeneration(step.seat, step.request, System::nanoTime),
                        new Provenance.Joined(step.key.get()));
            }
        }
        return steps.stream().map(step -> Objects.requireNonNull(step.answer)).toList();
    }

    private void launch(Step step, Generation generation) {
        Provenance provenance = new Provenance.Computed(step.key);
        if (step.seat == null) {
            step.answer = new Recalled(generation, provenance);
            return;
        }
        step.seat.launch(
                new GenerationSource(generation),
                new AnswerKeeper(
                        memory, recall, step.request, engine.tokenizer(), step.key, step.keyOf, step.learning));
        step.answer = new Recalled(new SharedGeneration(step.seat, step.request, System::nanoTime), provenance);
    }

    /** Each reader has a deadline of its own; the computation ends with its last reader. */
    private static GenerationRequest withoutDeadline(GenerationRequest r) {
        return new GenerationRequest(
                r.prompt(),
                r.maxTokens(),
                r.sampling(),
                r.stop(),
                r.endTokens(),
                r.ignoreEnd(),
                r.echoSpecial(),
                Optional.empty());
    }

    /** Gives up everything that was begun; whoever waits for it gets {@code cause}. */
    void abandon(TheseusException cause) {
        for (Step step : steps) {
            if (step.seat != null) {
                if (step.seat.leads() && step.answer == null) {
                    step.seat.fail(cause);
                }
                step.seat.close();
            }
            if (step.answer != null) {
                step.answer.generation().close();
            }
        }
    }
}
