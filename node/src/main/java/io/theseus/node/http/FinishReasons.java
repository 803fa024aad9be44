package io.theseus.node.http;

import io.theseus.engine.scheduler.FinishReason;

/** OpenAI's words for why an answer ended. */
final class FinishReasons {
    private FinishReasons() {}

    static String word(FinishReason reason, boolean calledTools) {
        return switch (reason) {
            case STOP -> calledTools ? "tool_calls" : "stop";
            case LENGTH -> "length";
            case CANCELLED -> "cancelled";
            case DEADLINE -> "deadline";
            case SHUTDOWN -> "shutdown";
        };
    }
}
