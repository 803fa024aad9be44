package io.theseus.node;

import java.util.List;
import java.util.Optional;

/**
 * The models a node answers with, and whether it can answer now. Surfaces start while models still load, so this is a value that
 * changes: loading, then ready or failed, then stopping.
 */
public final class ServedModels {
    private final Optional<EmbeddingModel> embedding;
    private volatile State state;

    private ServedModels(State state, Optional<EmbeddingModel> embedding) {
        this.state = state;
        this.embedding = embedding;
    }

    /** Nothing to serve yet; {@link #ready} follows. */
    public static ServedModels loading() {
        return loading(Optional.empty());
    }

    /** As {@link #loading()}, with a model for embeddings, which needs no other model to be ready. */
    public static ServedModels loading(Optional<EmbeddingModel> embedding) {
        return new ServedModels(new State.Loading(), embedding);
    }

    /** @param models at least one; the first answers requests that name no model */
    public static ServedModels of(List<ServedModel> models) {
        return new ServedModels(new State.Ready(models), Optional.empty());
    }

    /** As {@link #of(List)}, with a model for embeddings. */
    public static ServedModels of(List<ServedModel> models, EmbeddingModel embedding) {
        return new ServedModels(new State.Ready(models), Optional.of(embedding));
    }

    /**
     * From now on requests are answered.
     *
     * @param models none if all answers come from elsewhere
     */
    public void ready(List<ServedModel> models) {
        state = new State.Ready(models);
    }

    /** Loading went wrong; requests get {@code message}. */
    public void failed(String message) {
        state = new State.Failed(message);
    }

    /** New requests are refused; running ones go on until their engine is shut down. */
    public void stopping() {
        state = new State.Stopping();
    }

    public State state() {
        return state;
    }

    /** The models of a ready node, else none. */
    public List<ServedModel> models() {
        return state instanceof State.Ready ready ? ready.models() : List.of();
    }

    /** What makes embeddings, if anything does. */
    public Optional<EmbeddingModel> embedding() {
        return embedding;
    }

    /** The served model of this id. */
    public Optional<ServedModel> find(String id) {
        return models().stream().filter(model -> model.id().equals(id)).findFirst();
    }

    /** Whether a node can answer. */
    public sealed interface State {
        /** Models are being fetched or mapped. */
        record Loading() implements State {}

        /** Requests are answered. */
        record Ready(List<ServedModel> models) implements State {
            public Ready {
                models = List.copyOf(models);
            }
        }

        /** No model could be loaded. */
        record Failed(String message) implements State {}

        /** The node is going away. */
        record Stopping() implements State {}
    }
}
