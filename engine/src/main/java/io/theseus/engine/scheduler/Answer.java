package io.theseus.engine.scheduler;

import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.sampler.SampledToken;
import io.theseus.engine.sampler.SamplingState;
import io.theseus.engine.sampler.TokenSampler;
import io.theseus.engine.scheduler.StateStore.Plan;
import io.theseus.engine.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the scheduler. Waiting or preempted it has no sequence; then all its tokens, generated ones
 * included, are still to be computed, which exactness makes invisible. Belongs to the engine's thread once submitted.
 */
final class Answer {
    /** A deadline beyond this is none; it might not even fit into nanoseconds. */
    private static final Duration FAR = Duration.ofDays(3650);

    /** A load that takes longer is given up. */
    private static final Duration LONGEST_LOAD = Duration.ofSeconds(10);

    private final long arrival;
    private final GenerationRequest request;
    private final EventChannel channel;
    private final long submittedAt;
    private final long deadlineAt;
    private final int limit;
    private final Set<Integer> endTokens;
    private final SamplingState sampling;
    private final TokenText text;

    private int[] tokens;
    private int length;
    private @Nullable Sequence sequence;
    private @Nullable SampledToken chosen;
    private @Nullable TheseusException fault;

    /** Times this one did not fit and a later one was taken instead. */
    private int overtaken;

    private @Nullable Plan plan;
    private long plannedAt;
    private boolean importing;
    private int importedBlocks;
    private long importNanos;
    private boolean prefilled;

    private boolean started;
    private long startedAt;
    private long firstTokenAt;
    private long lastTokenAt;
    private int cachedTokens;
    private int prefix;
    private int prefillReported;
    private long fullSince = Long.MIN_VALUE;

    /**
     * @param arrival order of submission
     * @param contextLength most tokens of prompt and answer together
     * @param submittedAt in ns, by the engine's clock
     */
    Answer(
            long arrival,
            GenerationRequest request,
            EventChannel channel,
            Tokenizer tokenizer,
            int contextLength,
            long submittedAt) {
        this.arrival = arrival;
        this.request = request;
        this.channel = channel;
        this.submittedAt = submittedAt;
        tokens = request.prompt().clone();
        length = tokens.length;
        limit = (int) Math.min(contextLength, (long) length + request.maxTokens());
        endTokens = request.ignoreEnd()
                ? Set.of()
                : request.endTokens().isEmpty() ? tokenizer.endOfGeneration() : request.endTokens();
        deadlineAt = request.deadline()
                .filter(deadline -> deadline.compareTo(FAR) < 0)
                .map(deadline -> submittedAt + deadline.toNanos())
                .orElse(Long.MAX_VALUE);
        sampling = new SamplingState(request.sampling(), tokens);
        text = new TokenText(tokenizer, request.stop(), request.echoSpecial());
    }

    long arrival() {
        return arrival;
    }

    EventChannel channel() {
        return channel;
    }

    TokenText text() {
        return text;
    }

    int promptLength() {
        return request.prompt().length;
    }

    /** Most tokens that prompt and answer may have together. */
    int limit() {
        return limit;
    }

    /** Prompt and answer so far; only the first {@link #length()} entries count. */
    int[] tokens() {
        return tokens;
    }

    int length() {
        return length;
    }

    int generated() {
        return length - promptLength();
    }

    boolean complete() {
        return length == limit;
    }

    boolean isEnd(int id) {
        return endTokens.contains(id);
    }

    /** Tokens whose state is there. */
    int computed() {
        return sequence == null ? 0 : sequence.length();
    }

    /** Whether the sequence still holds nothing but the beginning it was started with. */
    boolean untouched() {
        return computed() == prefix;
    }

    /** Tokens whose state is still to be computed; 1 while decoding. */
    int remaining() {
        return length - computed();
    }

    /** Whether the next step of this answer is to extend it by one token that its reader will see at once. */
    boolean decoding() {
        return generated() > 0 && remaining() == 1;
    }

    Sequence sequence() {
        if (sequence == null) {
            throw new IllegalStateException("answer " + arrival + " has no sequence; it is not running");
        }
        return sequence;
    }

    /**
     * Takes a place among the running ones, with a sequence that may already hold the first of its tokens.
     *
     * @return whether this is the first time
     */
    boolean start(Sequence withPrefix, long now) {
        sequence = withPrefix;
        prefix = withPrefix.length();
        if (started) {
            return false;
        }
        started = true;
        startedAt = now;
        cachedTokens = withPrefix.length();
        return true;
    }

    boolean started() {
        return started;
    }

    int cachedTokens() {
        return cachedTokens;
    }

    long queueNanos(long now) {
        return (started ? startedAt : now) - submittedAt;
    }

    /** Gives the sequence up; whoever takes it closes it. */
    @Nullable
    Sequence detach() {
        Sequence detached = sequence;
        sequence = null;
        if (plan != null && importing) {
            endImport();
        }
        return detached;
    }

    /** Chooses the next token from its logits, without taking it yet: the step may still fail, and be taken again. */
    void choose(TokenSampler sampler, float[] logits) {
        chosen = null;
        fault = null;
        try {
            chosen = sampler.sample(logits, sampling, length);
        } catch (TheseusException e) {
            fault = e;
        }
    }

    @Nullable
    TheseusException fault() {
        return fault;
    }

    /** Takes the chosen token, if the last step reached the end of what is known. */
    @Nullable
    SampledToken append(long now) {
        SampledToken token = chosen;
        if (token == null) {
            return null;
        }
        chosen = null;
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.min(limit, length + 64L + length / 2));
        }
        tokens[length++] = token.id();
        sampling.accept(token.id());
        if (generated() == 1) {
            firstTokenAt = now;
        }
        return token;
    }

    /** Time since the token before; of the first, since the submission. */
    long tokenGap(long now) {
        long gap = now - (generated() == 1 ? submittedAt : lastTokenAt);
        lastTokenAt = now;
        return gap;
    }

    /** The progress of the prompt to report, or 0 if there is none since the last call. */
    int newPrefill() {
        int done = Math.min(computed(), promptLength());
        if (done <= prefillReported) {
            return 0;
        }
        prefillReported = done;
        return done;
    }

    GenerationEvent.Usage usage(long now) {
        long prefillEnd = generated() > 0 ? firstTokenAt : now;
        return new GenerationEvent.Usage(
                promptLength(),
                cachedTokens,
                generated(),
                queueNanos(now),
                started ? prefillEnd - startedAt : 0,
                generated() > 0 ? now - firstTokenAt : 0);
    }

    /** When the deadline passes, or {@code Long.MAX_VALUE}. */
    long deadlineAt() {
        return deadlineAt;
    }

    /** Since when the channel is full, as of {@code now}; {@code Long.MAX_VALUE} while it has room. */
    long fullSince(long now) {
        if (!channel.full()) {
            fullSince = Long.MIN_VALUE;
            return Long.MAX_VALUE;
        }
        if (fullSince == Long.MIN_VALUE) {
            fullSince = now;
        }
        return fullSince;
    }

    boolean paused() {
        return channel.full();
    }

    /** Whether it was decided where the state of the prompt comes from. */
    boolean planned() {
        return plan != null;
    }

    Plan plan() {
        return plan == null ? Plan.COMPUTE : plan;
    }

    void plan(Plan decided, long now) {
        plan = decided;
        plannedAt = now;
        importing = decided.loads();
    }

    /** Whether blocks are still being loaded; not for ever, a disk may hang. */
    boolean loading(long now) {
        if (!importing || plan().ready()) {
            return false;
        }
        if (now >= loadingEnds()) {
            endImport();
            return false;
        }
        return true;
    }

    /** When waiting for blocks ends, or {@code Long.MAX_VALUE} if there is no waiting. */
    long loadingEnds() {
        return importing && !plan().ready() ? plannedAt + LONGEST_LOAD.toNanos() : Long.MAX_VALUE;
    }

    /** Whether loaded blocks still have to be put into the sequence before anything is computed. */
    boolean importing() {
        return importing && sequence != null;
    }

    void imported(int tokens, long nanos) {
        cachedTokens += tokens;
        importedBlocks++;
        importNanos += nanos;
        prefix = computed();
    }

    /** No more blocks come into the sequence: what is missing is computed. */
    void endImport() {
        importing = false;
        plan().imported(importedBlocks, importNanos);
        plan().close();
        plan = Plan.COMPUTE;
    }

    /** Whether the prompt has just been computed, said once. */
    boolean newlyPrefilled() {
        if (prefilled || computed() < promptLength()) {
            return false;
        }
        prefilled = true;
        return true;
    }

    long startedAt() {
        return startedAt;
    }

    int overtaken() {
        return overtaken;
    }

    void overtake() {
        overtaken++;
    }

    int[] computedTokens() {
        return Arrays.copyOf(tokens, computed());
    }

    /** Length of the beginning that this answer's tokens have in common with {@code other}'s, at most {@code most}. */
    int common(int[] other, int otherLength, int most) {
        int end = Math.min(Math.min(length, otherLength), most);
        int mismatch = Arrays.mismatch(tokens, 0, end, other, 0, end);
        return mismatch < 0 ? end : mismatch;
    }
}
