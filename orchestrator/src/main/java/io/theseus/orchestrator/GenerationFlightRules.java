package io.theseus.orchestrator;

import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.orchestrator.flight.FlightRules;

/** What shared computations of our engine have to know about its events. */
final class GenerationFlightRules implements FlightRules<GenerationEvent> {
    private static final int OBJECT_BYTES = 64;
    private static final int ALTERNATIVE_BYTES = 40;

    @Override
    public boolean ends(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.Prefill prefill -> false;
            case GenerationEvent.Token token -> false;
            case GenerationEvent.Finished finished -> true;
            case GenerationEvent.Failed failed -> true;
        };
    }

    @Override
    public long weight(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.Prefill prefill -> OBJECT_BYTES;
            case GenerationEvent.Token token ->
                OBJECT_BYTES
                        + 2L * token.text().length()
                        + token.logprobs()
                                .map(probable -> OBJECT_BYTES
                                        + (long) ALTERNATIVE_BYTES
                                                * probable.top().size())
                                .orElse(0L);
            case GenerationEvent.Finished finished ->
                OBJECT_BYTES + 2L * finished.text().length();
            case GenerationEvent.Failed failed -> OBJECT_BYTES;
        };
    }
}
