package io.theseus.node.http;

import io.theseus.engine.scheduler.SchedulerListener;
import java.util.concurrent.atomic.LongAdder;

/** What an engine of ours does step by step, for {@code GET /metrics}. Called on the engine's thread. */
public final class EngineMeter implements SchedulerListener {
    private static final double[] SHORT = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
    private static final double[] LONG = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

    private final Histogram steps = new Histogram(
            "theseus_engine_step_duration_seconds", "Time of a step of the model, all its answers together.", SHORT);
    private final Histogram queue = new Histogram(
            "theseus_engine_queue_duration_seconds", "Time from an answer's submission to its admission.", LONG);
    private final Histogram firstToken = new Histogram(
            "theseus_engine_first_token_seconds", "Time from an answer's submission to its first token.", LONG);
    private final Histogram nextToken = new Histogram(
            "theseus_engine_inter_token_seconds", "Time between two tokens of an answer, as computed.", SHORT);
    private final LongAdder prefilled = new LongAdder();
    private final LongAdder decoded = new LongAdder();

    @Override
    public void started(long queueNanos, int promptTokens, int cachedTokens) {
        queue.recordNanos(queueNanos);
    }

    @Override
    public void firstToken(long nanos) {
        firstToken.recordNanos(nanos);
    }

    @Override
    public void nextToken(long nanos) {
        nextToken.recordNanos(nanos);
    }

    @Override
    public void step(int decodes, int prefillTokens, long nanos) {
        steps.recordNanos(nanos);
        decoded.add(decodes);
        prefilled.add(prefillTokens);
    }

    void write(StringBuilder out) {
        steps.write(out);
        queue.write(out);
        firstToken.write(out);
        nextToken.write(out);
        Metrics.head(out, "theseus_engine_prefilled_tokens_total", "counter", "Prompt tokens computed in steps.");
        out.append("theseus_engine_prefilled_tokens_total ")
                .append(prefilled.sum())
                .append('\n');
        Metrics.head(out, "theseus_engine_decoded_tokens_total", "counter", "Answer tokens computed in steps.");
        out.append("theseus_engine_decoded_tokens_total ").append(decoded.sum()).append('\n');
    }
}
