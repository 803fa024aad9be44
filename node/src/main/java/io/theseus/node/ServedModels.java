package io.theseus.node;

import java.util.List;
import java.util.Optional;

/**
 * The models a node answers with, and whether it can answer now. Surfaces start while models still load, so this is a value that
 * changes: loading, then ready or failed, then stopping.
 */
public final class ServedModels {
    private volatile State state;

    private ServedModels(State state) {
        this.state = state;
    }

    /** Nothing to serve yet; {@link #ready} follows. */
    public static ServedModels loading() {
        return new ServedModels(new State.Loading());
    }

    /** @param models at least one; the first answers requests that name no model */
    public static ServedModels of(List<ServedModel> models) {
        return new ServedModels(new State.Ready(models));
    }

    /** From now on requests are answered. */
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
                if (models.isEmpty()) {
                    throw new IllegalArgumentException("a ready node needs at least one model");
                }
            }
        }

        /** No model could be loaded. */
        record Failed(String message) implements State {}

        /** The node is going away. */
        record Stopping() implements State {}
    }
}
