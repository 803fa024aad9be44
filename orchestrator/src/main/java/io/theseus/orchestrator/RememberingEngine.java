package io.theseus.orchestrator;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.orchestrator.flight.SingleFlight;
import java.util.List;
import java.util.Optional;

/**
 * An engine that gives the answer it gave before, lets those who ask the same at once share one computation, and computes the rest. By
 * exactness a remembered answer is the one that computing would give. Safe for use by many threads.
 */
public final class RememberingEngine implements InferenceEngine {
    /** Most bytes of one computation's events; an answer of our engine has fewer, by its context. */
    private static final long MOST_BYTES = 64L << 20;

    private final InferenceEngine engine;
    private final Optional<Memory> memory;
    private final SingleFlight<Digest, GenerationEvent> flights =
            new SingleFlight<>(new GenerationFlightRules(), MOST_BYTES);

    public RememberingEngine(InferenceEngine engine, Optional<Memory> memory) {
        this.engine = engine;
        this.memory = memory;
    }

    /** An engine that computes everything. */
    public static RememberingEngine forgetful(InferenceEngine engine) {
        return new RememberingEngine(engine, Optional.empty());
    }

    /** What is computed here is not remembered. */
    @Override
    public Generation submit(GenerationRequest request) {
        return engine.submit(request);
    }

    @Override
    public List<Generation> submit(List<GenerationRequest> requests) {
        return engine.submit(requests);
    }

    /**
     * Answers several requests, all or none.
     *
     * @return their answers, in the same order
     * @throws TheseusException as {@link InferenceEngine#submit(List)}, or {@code NOT_REMEMBERED} if only remembered answers were wanted
     *     and one is missing
     */
    public List<Recalled> recall(List<GenerationRequest> requests, Recall recall) throws InterruptedException {
        if (memory.isEmpty() || recall.control().equals(CacheControl.NONE)) {
            if (recall.control().onlyIfCached()) {
                throw notRemembered();
            }
            return compute(requests);
        }
        RecallPlan plan = new RecallPlan(engine, memory.get(), flights, recall);
        try {
            for (GenerationRequest request : requests) {
                plan.add(request);
            }
            return plan.start();
        } catch (TheseusException e) {
            plan.abandon(e);
            throw e;
        } catch (RuntimeException | InterruptedException e) {
            plan.abandon(new TheseusException(ErrorCode.UNAVAILABLE, "the answer could not be begun; ask again", e));
            throw e;
        }
    }

    private List<Recalled> compute(List<GenerationRequest> requests) {
        return engine.submit(requests).stream()
                .map(generation -> new Recalled(generation, new Provenance.Computed(Optional.empty())))
                .toList();
    }

    static TheseusException notRemembered() {
        return new TheseusException(
                ErrorCode.NOT_REMEMBERED,
                "this answer is not remembered, and the request allows nothing else (only-if-cached)");
    }

    @Override
    public Tokenizer tokenizer() {
        return engine.tokenizer();
    }

    @Override
    public int contextLength() {
        return engine.contextLength();
    }

    @Override
    public boolean healthy() {
        return engine.healthy();
    }

    @Override
    public Load load() {
        return engine.load();
    }

    @Override
    public void shutdown(long graceMillis) {
        engine.shutdown(graceMillis);
    }

    /** How often a request joined a computation that ran already. */
    public long joins() {
        return flights.joins();
    }

    /** What this engine remembers with, if it does. */
    public Optional<Memory> memory() {
        return memory;
    }
}
