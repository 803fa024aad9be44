package io.theseus.node.upstream;

import java.util.List;
import java.util.Map;

/** A piece of an upstream's response on its way to those who asked. */
public sealed interface Frame {
    /**
     * Always the first, once there is something to relay.
     *
     * @param upstream name of who answers
     * @param form what follows
     * @param headers to relay, names in lower case; never those that are about the connection
     */
    record Head(String upstream, int status, Form form, String contentType, List<Map.Entry<String, String>> headers)
            implements Frame {}

    /**
     * Bytes as they came; of a stream one whole event.
     *
     * @param bytes not to be changed
     * @param usage whether it is the event of token counts, which only those get who asked for it
     */
    record Part(byte[] bytes, boolean usage) implements Frame {}

    /**
     * The response is complete.
     *
     * @param rest its last bytes
     * @param answer whether it is a complete answer of a model, which may be remembered
     * @param nanos time from the request to here
     */
    record End(byte[] rest, boolean answer, long nanos) implements Frame {}

    /** There is no response, or no more of it. */
    record Failed(UpstreamFault fault) implements Frame {}

    /** What a response is. */
    enum Form {
        /** A chat completion or text completion as one JSON object, checked before it is relayed. */
        MESSAGE,
        /** The same as server-sent events. */
        EVENTS,
        /** Anything else, relayed as it comes. */
        OTHER
    }
}
