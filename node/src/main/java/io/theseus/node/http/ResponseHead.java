package io.theseus.node.http;

import io.theseus.node.ServedModel;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every object of one response begins with.
 *
 * @param id the response's id, the same in each chunk of a stream
 * @param created seconds since 1970
 */
record ResponseHead(String id, long created, ServedModel model) {
    /** A new response object of this kind, such as {@code chat.completion.chunk}. */
    ObjectNode object(String kind) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("id", id);
        object.put("object", kind);
        object.put("created", created);
        object.put("model", model.id());
        object.put("system_fingerprint", model.fingerprint());
        return object;
    }
}
