package io.theseus.engine.scheduler;

/** Why an answer ended. */
public enum FinishReason {
    /** An end-of-generation token or a stop string. */
    STOP,
    /** The requested number of tokens, or the end of the context. */
    LENGTH,
    /** The caller cancelled or closed the generation. */
    CANCELLED,
    /** The request's deadline passed. */
    DEADLINE,
    /** The node is shutting down. */
    SHUTDOWN
}
