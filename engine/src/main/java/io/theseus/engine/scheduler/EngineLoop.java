package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.sampler.SampledToken;
import io.theseus.engine.scheduler.InferenceEngine.Load;
import io.theseus.engine.scheduler.StepPlanner.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Turn after turn: end what has to end, admit, plan, compute a step, hand out tokens. Belongs to the engine's thread. */
final class EngineLoop {
    /** Steps in a row that nobody survived, and not for the numbers, before the engine is taken for broken. */
    private static final int HOPELESS = 3;

    private final StepModel model;
    private final SchedulerSettings settings;
    private final SchedulerListener listener;
    private final LongSupplier nanoTime;
    private final QueueBounds queue;
    private final StateTransfer states;
    private final KvMemory memory;
    private final Admission admission;
    private final PrefillPace pace;
    private final StepPlanner planner;
    private final StepRunner runner;
    private int lostSteps;
    private long promptTokens;
    private long cachedTokens;
    private long generatedTokens;

    EngineLoop(
            StepModel model,
            SchedulerSettings settings,
            SchedulerListener listener,
            ReuseForecast forecast,
            StateStore store,
            Runnable wake,
            LongSupplier nanoTime,
            QueueBounds queue) {
        this.model = model;
        this.settings = settings;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.queue = queue;
        pace = new PrefillPace(settings);
        states = new StateTransfer(model, store, pace, nanoTime, wake);
        memory = new KvMemory(model, settings.keptBlocks(), forecast, nanoTime, states::giveUpOne);
        admission = new Admission(memory, states, settings.maxRunning());
        planner = new StepPlanner(pace);
        runner = new StepRunner(model);
    }

    void enqueue(Answer answer) {
        admission.enqueue(answer);
    }

    boolean idle() {
        return admission.running().isEmpty() && admission.waiting().isEmpty();
    }

    /**
     * Does one turn; returns whether it computed anything. If not, nothing will change before {@link #nextDue} unless a request
     * comes or a reader reads or cancels.
     *
     * @throws TheseusException {@code INTERNAL} if the model is beyond hope
     */
    boolean turn() {
        long start = nanoTime.getAsLong();
        endWhatHasTo(start);
        for (Answer answer : admission.admit(start)) {
            queue.leave(answer.promptLength());
            promptTokens += answer.promptLength();
            cachedTokens += answer.cachedTokens();
            listener.started(answer.queueNanos(start), answer.promptLength(), answer.cachedTokens());
        }
        boolean moved = states.importSome(admission.running(), memory);
        long preempted = admission.preemptions();
        List<Part> parts = admission.ensure(planner.plan(admission.running()));
        if (!parts.isEmpty()) {
            step(parts);
        }
        for (; preempted < admission.preemptions(); preempted++) {
            listener.preempted();
        }
        moved |= states.exportSome(admission.running().stream().anyMatch(Answer::decoding));
        return !parts.isEmpty() || moved;
    }

    private void step(List<Part> planned) {
        int decodes =
                (int) planned.stream().filter(part -> part.answer().decoding()).count();
        int prefill = planned.stream().mapToInt(Part::tokens).sum() - decodes;
        long start = nanoTime.getAsLong();
        List<Part> parts = planned;
        Map<Answer, TheseusException> failures = null;
        while (failures == null) {
            try {
                failures = runner.run(parts);
            } catch (TheseusException busy) {
                List<Part> fewer = admission.relieve(parts);
                if (fewer == null) {
                    failures = new IdentityHashMap<>();
                    failures.put(parts.getFirst().answer(), busy);
                } else if (fewer.isEmpty()) {
                    return;
                } else {
                    parts = fewer;
                }
            }
        }
        long end = nanoTime.getAsLong();
        pace.measured(decodes, prefill, end - start);
        listener.step(decodes, prefill, end - start);
        for (Part part : parts) {
            TheseusException failure = failures.get(part.answer());
            if (failure == null) {
                advance(part.answer(), end);
            } else {
                fail(part.answer(), failure);
            }
        }
        giveUpIfHopeless(parts.size(), failures.values());
    }

    private void giveUpIfHopeless(int parts, Collection<TheseusException> failures) {
        boolean lost =
                failures.size() == parts && failures.stream().allMatch(failure -> failure.code() == ErrorCode.INTERNAL);
        lostSteps = lost ? lostSteps + 1 : 0;
        if (lostSteps == HOPELESS) {
            throw new TheseusException(
                    ErrorCode.INTERNAL,
                    HOPELESS + " steps of the model failed in a row; restart the node",
                    failures.iterator().next());
        }
    }

    /** Hands out what the last step brought for {@code answer}, and ends it if that was the end. */
    private void advance(Answer answer, long now) {
        try {
            int done = answer.newPrefill();
            if (done > 0) {
                answer.channel().send(new GenerationEvent.Prefill(done, answer.promptLength()));
            }
            if (answer.newlyPrefilled()) {
                states.prefilled(answer, now);
            }
            TheseusException fault = answer.fault();
            if (fault != null) {
                fail(answer, fault);
                return;
            }
            SampledToken token = answer.append(now);
            if (token != null) {
                emit(answer, token, now);
            } else if (answer.complete() && answer.remaining() == 0) {
                finish(answer, FinishReason.LENGTH, now);
            }
        } catch (RuntimeException e) {
            fail(
                    answer,
                    e instanceof TheseusException known
                            ? known
                            : new TheseusException(
                                    ErrorCode.INTERNAL,
                                    "an answer failed with " + e + "; please report it with the log",
                                    e));
        }
    }

    private void emit(Answer answer, SampledToken token, long now) {
        generatedTokens++;
        long gap = answer.tokenGap(now);
        if (answer.generated() == 1) {
            listener.firstToken(gap);
        } else {
            listener.nextToken(gap);
        }
        boolean end = answer.isEnd(token.id());
        String shown = end ? "" : answer.text().accept(token.id());
        answer.channel().send(new GenerationEvent.Token(token.id(), shown, token.logprobs()));
        if (end || answer.text().stopped()) {
            finish(answer, FinishReason.STOP, now);
        } else if (answer.complete()) {
            finish(answer, FinishReason.LENGTH, now);
        }
    }

    private void endWhatHasTo(long now) {
        for (Answer answer : everyone()) {
            if (answer.channel().cancelled()) {
                finish(answer, FinishReason.CANCELLED, now);
            } else if (now >= answer.deadlineAt()) {
                finish(answer, FinishReason.DEADLINE, now);
            } else if (now >= patienceEnds(answer, now)) {
                finish(answer, FinishReason.CANCELLED, now);
            }
        }
    }

    private long patienceEnds(Answer answer, long now) {
        long since = answer.fullSince(now);
        return since == Long.MAX_VALUE
                ? since
                : since + settings.readerPatience().toNanos();
    }

    /** When, by the engine's clock, the next deadline or the patience with a reader ends; {@code Long.MAX_VALUE} for never. */
    long nextDue(long now) {
        long due = Long.MAX_VALUE;
        for (Answer answer : everyone()) {
            due = Math.min(due, Math.min(answer.deadlineAt(), patienceEnds(answer, now)));
            due = Math.min(due, answer.loadingEnds());
        }
        return due;
    }

    private List<Answer> everyone() {
        List<Answer> all = new ArrayList<>(admission.running());
        all.addAll(admission.waiting());
        return all;
    }

    private void finish(Answer answer, FinishReason reason, long now) {
        leave(answer);
        GenerationEvent.Usage usage = answer.usage(now);
        answer.channel().send(new GenerationEvent.Finished(reason, answer.text().finish(), usage));
        listener.finished(reason, usage);
        queue.ended(now);
        memory.end(answer);
    }

    private void fail(Answer answer, TheseusException cause) {
        leave(answer);
        answer.channel().send(new GenerationEvent.Failed(cause));
        listener.failed(cause.code());
        memory.drop(answer);
    }

    private void leave(Answer answer) {
        admission.remove(answer);
        answer.plan().close();
        if (!answer.started()) {
            queue.leave(answer.promptLength());
        }
    }

    /** Ends everything that is still there, and forgets the kept blocks. */
    void cut(long now) {
        everyone().forEach(answer -> finish(answer, FinishReason.SHUTDOWN, now));
        memory.clear();
        states.clear();
    }

    /** Fails everything without touching the model, which is not to be trusted any more. */
    void abandon(TheseusException cause) {
        for (Answer answer : everyone()) {
            leave(answer);
            answer.channel().send(new GenerationEvent.Failed(cause));
        }
    }

    Load load() {
        int preempted =
                (int) admission.waiting().stream().filter(Answer::started).count();
        return new Load(
                admission.running().size(),
                preempted,
                memory.used(),
                model.totalBlocks(),
                promptTokens,
                cachedTokens + states.importedTokens(),
                generatedTokens,
                admission.preemptions());
    }
}
