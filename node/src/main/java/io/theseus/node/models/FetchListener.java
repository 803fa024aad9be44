package io.theseus.node.models;

/** Hears what happens while a model is fetched or checked. Called by the fetching thread, possibly thousands of times a second. */
@FunctionalInterface
public interface FetchListener {
    /** Hears nothing. */
    FetchListener NONE = event -> {};

    void on(FetchEvent event);
}
