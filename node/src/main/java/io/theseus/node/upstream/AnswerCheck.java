package io.theseus.node.upstream;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Watches an answer go by and says whether it was a complete one. Not thread-safe. */
final class AnswerCheck {
    private static final String DONE = "[DONE]";
    private static final char REPLACEMENT = '\uFFFD';

    /** Reasons of an answer that is as long as it was to be; with others (an abort, a filter, a fault) asking again may give more. */
    private static final Set<String> COMPLETE =
            Set.of("stop", "length", "tool_calls", "function_call", "eos", "eos_token", "stop_sequence");

    private final int choices;

    /** By the index of a choice, whether it has ended well; absent = not begun. */
    private final Map<Integer, Boolean> ended = new HashMap<>();

    private boolean faulty;
    private boolean done;

    /** @param choices answers that were asked for ({@code n}) */
    AnswerCheck(int choices) {
        this.choices = choices;
    }

    /** What an event of a stream is. */
    enum Kind {
        /** Part of the answer, or nothing a client would look at. */
        PART,
        /** Token counts, and no part of any choice. */
        USAGE,
        /** The end of the stream. */
        DONE,
        /** An error that the upstream reports. */
        ERROR,
        /** Not what it should be. */
        INVALID
    }

    /** Takes note of an event. */
    Kind event(byte[] event) {
        Optional<String> data = EventSplitter.data(event);
        if (data.isEmpty()) {
            return Kind.PART;
        }
        if (data.get().strip().equals(DONE)) {
            done = true;
            return Kind.DONE;
        }
        Optional<ObjectNode> json = UpstreamJson.object(data.get());
        if (json.isEmpty()) {
            faulty = true;
            return Kind.INVALID;
        }
        // Where bytes were no text, this stands in their place; relayed as they are, but nothing to keep.
        faulty |= data.get().indexOf(REPLACEMENT) >= 0;
        if (json.get().hasNonNull("error")) {
            faulty = true;
            return Kind.ERROR;
        }
        JsonNode parts = json.get().path("choices");
        parts.forEach(this::choice);
        return parts.isArray() && parts.isEmpty() && json.get().hasNonNull("usage") ? Kind.USAGE : Kind.PART;
    }

    /** Takes note of an answer in one piece. */
    void message(ObjectNode message) {
        faulty |= message.hasNonNull("error");
        message.path("choices").forEach(this::choice);
        done = true;
    }

    private void choice(JsonNode choice) {
        int index = choice.path("index").asInt(0);
        ended.putIfAbsent(index, false);
        JsonNode reason = choice.path("finish_reason");
        if (reason.isString()) {
            ended.put(index, COMPLETE.contains(reason.stringValue()));
        }
    }

    /** Whether every choice has ended well, without an error on the way and with the stream's own end. */
    boolean complete() {
        return done && finished();
    }

    /** Whether every choice has ended well, whatever follows. */
    boolean finished() {
        return !faulty && ended.size() >= choices && ended.values().stream().allMatch(end -> end);
    }
}
