package io.theseus.node.http;

import java.util.Optional;

/** Says that a prompt is too long. */
final class ContextRoom {
    private ContextRoom() {}

    static ApiException exceeded(String param, int tokens, int contextLength) {
        return new ApiError(
                        400,
                        "invalid_request_error",
                        "This model's maximum context length is " + contextLength + " tokens, and the prompt has "
                                + tokens + ", which leaves no room for an answer. Make it shorter.",
                        Optional.of(param),
                        Optional.of("context_length_exceeded"),
                        Optional.empty())
                .exception();
    }
}
