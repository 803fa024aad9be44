package io.theseus.orchestrator.flight;

/** What a {@link SingleFlight} has to know about the events it carries. */
public interface FlightRules<E> {
    /** Whether nothing follows this event. */
    boolean ends(E event);

    /** Memory that keeping the event takes, in bytes, roughly. */
    long weight(E event);
}
