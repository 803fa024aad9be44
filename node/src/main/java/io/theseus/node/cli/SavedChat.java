package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A conversation in a file: {@code {"model", "messages": [{"role", "content"}...]}}, the shape of an API request. */
record SavedChat(Path file) {
    /** What was said, and under which system message. */
    record Content(Optional<String> system, List<Map<String, Object>> turns) {
        Content {
            turns = List.copyOf(turns);
        }
    }

    /**
     * Replaces the file.
     *
     * @throws TheseusException {@link ErrorCode#IO_FAILED} if it cannot be written
     */
    void write(String model, Optional<String> system, List<Map<String, Object>> turns) {
        JsonText json = new JsonText();
        ObjectNode page = json.object();
        page.put("model", model);
        ArrayNode messages = page.putArray("messages");
        system.ifPresent(text -> messages.addPOJO(ChatSession.message("system", text)));
        turns.forEach(messages::addPOJO);
        try {
            Files.writeString(file, json.page(page) + "\n");
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot write " + file + ": " + e, e);
        }
    }

    /**
     * The saved conversation.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if there is none in the file
     */
    Content read() {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "cannot read " + file + ": " + e, e);
        }
        List<Map<String, Object>> turns = new ArrayList<>();
        Optional<String> system = Optional.empty();
        for (Map<String, Object> message : new JsonText().request(bytes).objects("messages")) {
            if (!(message.get("role") instanceof String role) || !(message.get("content") instanceof String content)) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, file + " holds a message without a role or a content of text");
            }
            if (role.equals("system") && turns.isEmpty()) {
                system = Optional.of(content);
            } else {
                turns.add(ChatSession.message(role, content));
            }
        }
        return new Content(system, turns);
    }
}
