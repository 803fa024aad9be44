package io.theseus.core;

/**
 * Why something failed, as a closed set that every surface (HTTP, command line, peers) can translate.
 *
 * <p>The exit status is what the command line returns: 2 means "the caller can fix it", 3 "try again later", 1 "a fault".
 */
public enum ErrorCode {
    /** An argument, request or configuration value that cannot be used as given. */
    BAD_INPUT(2),
    /** A model name or file that is not there. */
    MODEL_NOT_FOUND(2),
    /** A model file whose bytes contradict themselves or the format. */
    MODEL_INVALID(2),
    /** A model file that is well formed, but uses something this engine does not do. */
    MODEL_UNSUPPORTED(2),
    /** Prompt and answer do not fit into the context of the model or of this node. */
    CONTEXT_OVERFLOW(2),
    /** No memory or queue place is free now. */
    BUSY(3),
    /** The caller asked for a remembered answer only, and there is none. */
    NOT_REMEMBERED(3),
    /** The engine is starting, shutting down or out of order; asking another node helps, asking this one later may. */
    UNAVAILABLE(3),
    /** The caller's deadline passed. */
    DEADLINE_EXCEEDED(3),
    /** The caller went away or asked to stop. */
    CANCELLED(3),
    /** A download failed or came back different from what was promised. */
    FETCH_FAILED(3),
    /** A file could not be read or written. */
    IO_FAILED(1),
    /** The arithmetic met a value outside its contract (NaN, infinity); no result leaves the node. */
    NUMERIC_FAULT(1),
    /** A defect of this program. */
    INTERNAL(1);

    private final int exitStatus;

    ErrorCode(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    /** Process exit status of a command that fails with this code. */
    public int exitStatus() {
        return exitStatus;
    }
}
